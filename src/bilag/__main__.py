"""`python -m bilag` is `bilag`."""

from bilag.cli.main import main

main()
