//! Client messages, as wishes of the model's vocabulary.
//!
//! Owns their wire formats (ICCCM 4.1.4, EWMH root and client messages, GTK).
//! Must not know a connection, nor what is granted.

use wm_core::Timestamp;
use wm_core::Xid;
use wm_core::event::{
    ConfigureValues, Message, MoveResizeDirection, Requester, StackMode, StateChange,
};
use wm_core::geom::Point;
use x11rb::protocol::xproto::ClientMessageEvent;

use super::atoms::Atoms;
use super::properties::{gravity, net_state};

const fn requester(number: u32) -> Requester {
    match number {
        1 => Requester::Application,
        2 => Requester::Pager,
        _ => Requester::Unknown,
    }
}

const fn stack_mode(number: u32) -> Option<StackMode> {
    match number {
        0 => Some(StackMode::Above),
        1 => Some(StackMode::Below),
        2 => Some(StackMode::TopIf),
        3 => Some(StackMode::BottomIf),
        4 => Some(StackMode::Opposite),
        _ => None,
    }
}

const fn direction(number: u32) -> Option<MoveResizeDirection> {
    use MoveResizeDirection as D;
    Some(match number {
        0 => D::SizeTopLeft,
        1 => D::SizeTop,
        2 => D::SizeTopRight,
        3 => D::SizeRight,
        4 => D::SizeBottomRight,
        5 => D::SizeBottom,
        6 => D::SizeBottomLeft,
        7 => D::SizeLeft,
        8 => D::Move,
        9 => D::SizeKeyboard,
        10 => D::MoveKeyboard,
        11 => D::Cancel,
        _ => return None,
    })
}

/// What a client message asks for; `None` if it is not for the window manager
/// or makes no sense.
#[must_use]
pub fn message(event: &ClientMessageEvent, root: u32, atoms: &Atoms) -> Option<Message> {
    if event.format != 32 {
        return None;
    }
    let data = event.data.as_data32();
    let signed = data.map(u32::cast_signed);
    let window = Xid(event.window);
    let a = atoms;
    Some(match event.type_ {
        n if n == a._NET_ACTIVE_WINDOW => {
            Message::Activate { window, requester: requester(data[0]), time: Timestamp(data[1]) }
        }
        n if n == a._NET_CLOSE_WINDOW => Message::Close { window, time: Timestamp(data[0]) },
        n if n == a.WM_CHANGE_STATE && data[0] == 3 => Message::Iconify { window },
        n if n == a._NET_WM_STATE => {
            let change = match data[0] {
                0 => StateChange::Remove,
                1 => StateChange::Add,
                2 => StateChange::Toggle,
                _ => return None,
            };
            let mut states: Vec<_> =
                [data[1], data[2]].iter().filter_map(|atom| net_state(*atom, a)).collect();
            states.dedup();
            if states.is_empty() {
                return None;
            }
            Message::State { window, change, states, requester: requester(data[3]) }
        }
        n if n == a._NET_WM_DESKTOP => Message::Desktop { window, desktop: data[0] },
        n if n == a._NET_WM_MOVERESIZE => Message::MoveResize {
            window,
            at: Point::new(signed[0], signed[1]),
            direction: direction(data[2])?,
            button: data[3].min(255) as u8,
        },
        n if n == a._NET_MOVERESIZE_WINDOW => {
            let flags = data[0];
            let value = |bit: u32, at: usize| (flags & (1 << bit) != 0).then(|| signed[at]);
            Message::MoveResizeWindow {
                window,
                gravity: match flags & 0xff {
                    0 => None,
                    number => Some(gravity(number)),
                },
                values: ConfigureValues {
                    x: value(8, 1),
                    y: value(9, 2),
                    width: value(10, 3),
                    height: value(11, 4),
                    ..ConfigureValues::default()
                },
            }
        }
        n if n == a._NET_RESTACK_WINDOW => Message::Restack {
            window,
            values: ConfigureValues {
                sibling: (data[1] != 0).then_some(Xid(data[1])),
                stack_mode: stack_mode(data[2]),
                ..ConfigureValues::default()
            },
            requester: requester(data[0]),
        },
        n if n == a._NET_REQUEST_FRAME_EXTENTS => Message::FrameExtents { window, facts: None },
        n if n == a._NET_WM_FULLSCREEN_MONITORS => {
            Message::FullscreenMonitors { window, monitors: [data[0], data[1], data[2], data[3]] }
        }
        n if n == a._NET_CURRENT_DESKTOP => {
            Message::CurrentDesktop { desktop: data[0], time: Timestamp(data[1]) }
        }
        n if n == a._NET_NUMBER_OF_DESKTOPS => Message::NumberOfDesktops(data[0]),
        n if n == a._NET_SHOWING_DESKTOP => Message::ShowingDesktop(data[0] != 0),
        n if n == a._GTK_SHOW_WINDOW_MENU => {
            Message::WindowMenu { window, at: Point::new(signed[1], signed[2]) }
        }
        n if n == a.WM_PROTOCOLS && data[0] == a._NET_WM_PING && event.window == root => {
            Message::Pong { window: Xid(data[2]), time: Timestamp(data[1]) }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use wm_core::hints::{Gravity, NetState};

    use super::*;

    fn atoms() -> Atoms {
        Atoms {
            _NET_WM_STATE: 1,
            _NET_WM_STATE_ABOVE: 2,
            _NET_MOVERESIZE_WINDOW: 3,
            WM_PROTOCOLS: 4,
            _NET_WM_PING: 5,
            _NET_WM_MOVERESIZE: 6,
            ..Atoms::default()
        }
    }

    fn parse(kind: u32, window: u32, data: [u32; 5]) -> Option<Message> {
        message(&ClientMessageEvent::new(32, window, kind, data), 99, &atoms())
    }

    #[test]
    fn states() {
        assert_eq!(
            parse(1, 7, [2, 2, 0, 1, 0]),
            Some(Message::State {
                window: Xid(7),
                change: StateChange::Toggle,
                states: vec![NetState::Above],
                requester: Requester::Application,
            })
        );
        assert_eq!(parse(1, 7, [9, 2, 0, 1, 0]), None, "no such action");
        assert_eq!(parse(1, 7, [1, 12345, 0, 1, 0]), None, "no known state");
    }

    #[test]
    fn geometry_and_pong() {
        let flags = 10 | 1 << 8 | 1 << 11;
        let message = parse(3, 7, [flags, -5i32 as u32, 6, 7, 8]);
        let Some(Message::MoveResizeWindow { gravity, values, .. }) = message else {
            panic!("{message:?}")
        };
        assert_eq!(gravity, Some(Gravity::Static));
        assert_eq!((values.x, values.y, values.height), (Some(-5), None, Some(8)));
        assert_eq!(
            parse(4, 99, [5, 11, 7, 0, 0]),
            Some(Message::Pong { window: Xid(7), time: Timestamp(11) })
        );
        assert_eq!(parse(4, 7, [5, 11, 7, 0, 0]), None, "a ping, not its answer");
        assert_eq!(parse(6, 7, [0, 0, 44, 1, 0]), None, "no such direction");
    }
}
