//! Pictures that Trapeze draws on the CPU: title bars, buttons, menus, shadows, corner masks.
