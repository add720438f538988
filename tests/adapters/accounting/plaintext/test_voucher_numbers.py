from pathlib import Path

from bilag.adapters.accounting.plaintext.voucher_numbers import remember_vouchers, remembered_vouchers


def test_the_highest_numbers_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "vouchers"
    remember_vouchers(path, {"2026": 1_000_000, "2025-26": 7})
    remember_vouchers(path, {"2026": 8})
    assert remembered_vouchers(path) == ("2026-000008",)


def test_a_file_that_is_missing_or_spoilt_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "vouchers"
    assert remembered_vouchers(path) == ()
    path.write_bytes(b"\0\xff\n2026-000005\nwhat\n")
    assert remembered_vouchers(path) == ("2026-000005",)


def test_a_disk_that_refuses_is_passed_over(tmp_path: Path) -> None:
    remember_vouchers(tmp_path / "missing" / "vouchers", {"2026": 1})
    assert list(tmp_path.iterdir()) == []
