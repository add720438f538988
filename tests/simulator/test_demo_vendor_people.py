from tests.simulator.demo_items import NOVEMBER, OCTOBER, currency, items_of, value


def test_outlays_of_two_employees_have_no_method_and_no_vendor() -> None:
    outlays = [item for item in items_of(OCTOBER).values() if item["type"] in {"out_of_pocket", "mileage"}]

    assert {(item["type"], item["user"]["code"]) for item in outlays} == {
        ("out_of_pocket", "M004"),
        ("out_of_pocket", "M006"),
        ("mileage", "M004"),
        ("mileage", "M006"),
    }
    for item in outlays:
        assert item["bookkeeping"] is None
        assert item["vendor"] is None


def test_reimbursements_of_november_name_outlays_of_october_and_come_to_their_sum() -> None:
    outlays = items_of(OCTOBER)
    reimbursements = [item for item in items_of(NOVEMBER).values() if item["type"].endswith("reimbursement")]

    assert {item["type"] for item in reimbursements} == {"direct_reimbursement", "external_reimbursement"}
    for item in reimbursements:
        settled = [outlays[number] for number in item["additionalInformation"]["reconciledEntries"]]
        assert settled
        assert sum(map(value, settled)) == value(item)
        assert {(other["user"]["code"], currency(other)) for other in settled} == {
            (item["user"]["code"], currency(item))
        }


def test_an_outlay_of_each_month_is_not_yet_paid_back() -> None:
    named = {
        number
        for item in items_of(OCTOBER, NOVEMBER).values()
        for number in item["additionalInformation"]["reconciledEntries"]
    }
    for month in (OCTOBER, NOVEMBER):
        outlays = {number for number, item in items_of(month).items() if item["type"] in {"out_of_pocket", "mileage"}}
        assert len(outlays - named) == 1
