"""One TOML file becomes typed settings, or the list of everything that is wrong with it."""
