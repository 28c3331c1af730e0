//! The JSON messages that `trapeze msg` and other programs exchange with a running Trapeze.
