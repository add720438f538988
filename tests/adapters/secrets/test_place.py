import pytest

from bilag.adapters.secrets.place import Place


@pytest.mark.parametrize("name", ["", "a\nb", "å", "x" * 129])
def test_name_that_could_fake_another_or_steer_a_terminal_is_no_place(name: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        Place(company_id=name, field="pleo.login")
    with pytest.raises(ValueError, match="printable ASCII"):
        Place(company_id="company", field=name)
