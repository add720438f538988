"""Bugs in the rules for systems without unique references, each with the class of system that shows it."""

from typing import Final

from tests.simulation.planted_bugs import Edit, PlantedBug

_POST: Final = "lifecycle/post.py"
_UNSETTLED: Final = "lifecycle/unsettled.py"
_RULES: Final = "rules/lost_answer.py"
_LOOK: Final = "        posted = await desk.books.find_by_reference(sent.key.external_reference)\n"
_HARMLESS: Final = Edit(
    _RULES,
    "        case KeyClass.LOOK_UP:\n            return False\n",
    "        case KeyClass.LOOK_UP:\n            return True\n",
)

PLANTED: Final = (
    ("look_up", PlantedBug("no look-up", (Edit(_POST, _LOOK, "        posted = None\n"), _HARMLESS))),
    (
        "look_up",
        PlantedBug(
            "no wait before the look",
            (
                Edit(
                    _POST,
                    "            record = to_send_again(replace(sent, note=why), desk)\n",
                    "            record = replace(sent, state=PostingState.INTENDED, note=why)\n",
                ),
            ),
        ),
    ),
    (
        "look_up_killed",
        PlantedBug(
            "no deadline check right before sending",
            (
                Edit(
                    _POST,
                    "    return unchecked if desk.books.capabilities.key_class is KeyClass.NATURAL_KEY else check\n",
                    "    return unchecked if check else check\n",
                ),
            ),
        ),
    ),
    (
        "look_up",
        PlantedBug(
            "no wait on recovery after a crash",
            (Edit(_UNSETTLED, "    due = await _due(record, asked_at, desk)\n", "    due = asked_at\n"),),
        ),
    ),
    (
        "look_up",
        PlantedBug(
            "wait on recovery counted from the wrong end",
            (Edit(_RULES, "record.changed_at + timedelta(", "record.changed_at - timedelta("),),
        ),
    ),
    (
        "look_up_doubled",
        PlantedBug(
            "two hits taken as one",
            (
                Edit(
                    "adapters/accounting/memory/connector.py",
                    "        if len(found) > 1:\n            raise FoundTwice",
                    "        if len(found) > len(self._entries):\n            raise FoundTwice",
                ),
            ),
        ),
    ),
    (
        "server_key",
        PlantedBug(
            "key older than its lifetime trusted",
            (
                Edit(
                    _RULES,
                    "            return now - record.first_sent_at <= timedelta(seconds=lifetime_seconds)\n",
                    "            return lifetime_seconds is not None\n",
                ),
            ),
        ),
    ),
)
