//! Trapeze's configuration: TOML with every default documented, errors with line and column.
