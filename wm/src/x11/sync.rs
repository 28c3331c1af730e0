//! SYNC alarms on the counters by which clients say that they have drawn
//! (`_NET_WM_SYNC_REQUEST`).
//!
//! Owns creating and destroying alarms. Must not know when a resize waits.

use x11rb::connection::Connection as _;
use x11rb::protocol::sync::{ConnectionExt as _, CreateAlarmAux, Int64, TESTTYPE, VALUETYPE};

use super::{Display, Result};

const fn wire(value: i64) -> Int64 {
    Int64 { hi: (value >> 32) as i32, lo: value as u32 }
}

/// An alarm that tells of every increase of `counter` beyond `value`: the
/// server moves its threshold on by itself.
///
/// # Errors
///
/// If the connection broke or no id is left.
pub fn watch(display: &Display, counter: u32, value: i64) -> Result<u32> {
    let alarm = display.generate_id()?;
    let aux = CreateAlarmAux::new()
        .counter(counter)
        .value_type(VALUETYPE::ABSOLUTE)
        .value(wire(value.saturating_add(1)))
        .test_type(TESTTYPE::POSITIVE_COMPARISON)
        .delta(wire(1))
        .events(1);
    display.sync_create_alarm(alarm, &aux)?;
    Ok(alarm)
}

/// Forgets an alarm.
///
/// # Errors
///
/// If the connection broke.
pub fn forget(display: &Display, alarm: u32) -> Result<()> {
    display.sync_destroy_alarm(alarm)?;
    Ok(())
}
