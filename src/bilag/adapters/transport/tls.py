"""How connections are secured. There is no way to switch verification off."""

import ssl
from pathlib import Path


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """TLS 1.2 or later with verified certificates and host names.

    `ca_file` holds further certificate authorities in PEM, for a service in the operator's own network or a
    proxy that opens TLS; raises ValueError when it cannot be used.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise ValueError(f"{ca_file} is not a readable file of PEM certificates: {error.strerror}") from error
    return context
