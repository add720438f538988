"""Keys, places and a secret that would be recognised anywhere."""

from base64 import b64encode

from bilag.adapters.secrets.master_keys import MasterKeys
from bilag.adapters.secrets.place import Place
from bilag.ports.secret import Secret

CANARY = "canary-4711-never-on-disk"
HOME = Place(company_id="3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11", field="pleo.login")
OTHER_COMPANY = Place(company_id="9b1d7e40-0000-4c1b-9a52-5b1f0e7c2d22", field="pleo.login")
OTHER_FIELD = Place(company_id=HOME.company_id, field="webhook")


def key_text(version: int) -> Secret:
    """The same key for the same version, every time."""
    return Secret(b64encode(version.to_bytes(4, "big") + bytes(28)).decode())


def keys_of(*versions: int) -> MasterKeys:
    return MasterKeys(by_version={version: key_text(version) for version in versions})
