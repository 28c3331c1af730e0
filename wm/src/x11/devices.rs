//! Pointer and keyboard events, as the model's facts.
//!
//! Owns which window and surface an event is about, and who gets it while a
//! menu is open. Must not know what a press does.

use wm_core::Timestamp;
use wm_core::event::{ButtonEvent, Crossing, Event, InputTarget, KeyEvent, Surface};
use wm_core::geom::Point;
use x11rb::protocol::Event as XEvent;
use x11rb::protocol::xproto::{NotifyDetail, NotifyMode};

use super::Server;
use super::batch::{Batch, Chore, MenuInput, Step};
use super::windows::Role;

impl Server {
    fn target(&self, window: u32) -> Option<InputTarget> {
        Some(match self.windows.role(window) {
            Role::Client(client) => InputTarget::Window(client, Surface::Client),
            Role::Frame(client) => InputTarget::Window(client, Surface::Frame),
            Role::Ring(client) => InputTarget::Window(client, Surface::Ring),
            _ if window == self.display.root => InputTarget::Root,
            _ => return None,
        })
    }

    pub(super) fn input(
        &mut self,
        batch: &mut Batch,
        event: &XEvent,
        sequence: u64,
    ) -> super::Result<()> {
        if self.grabs.menu && self.menu_input(batch, event) {
            return Ok(());
        }
        match event {
            XEvent::ButtonPress(event) | XEvent::ButtonRelease(event) => {
                self.saw_time(event.time);
                let pressed =
                    event.response_type & 0x7f == x11rb::protocol::xproto::BUTTON_PRESS_EVENT;
                let Some(target) = self.target(event.event) else {
                    if pressed {
                        batch.chore(Chore::Pressed(event.event));
                        // Grabbed on a client that is none any longer: the
                        // pointer would stay frozen.
                        let _ = self.allow_events(true);
                    }
                    return Ok(());
                };
                let button = ButtonEvent {
                    target,
                    at: Point::new(event.root_x.into(), event.root_y.into()),
                    button: event.detail,
                    modifiers: self.keys.mapping.modifiers_of(event.state.into()),
                    time: Timestamp(event.time),
                };
                batch.fact(if pressed {
                    Event::ButtonPress(button)
                } else {
                    Event::ButtonRelease(button)
                });
            }
            XEvent::MotionNotify(event) => {
                self.saw_time(event.time);
                let Some(target) = self.target(event.event) else { return Ok(()) };
                let motion = Event::Motion {
                    target,
                    at: Point::new(event.root_x.into(), event.root_y.into()),
                    modifiers: self.keys.mapping.modifiers_of(event.state.into()),
                    time: Timestamp(event.time),
                };
                // Only the newest of a run of motions matters.
                let same = matches!(batch.steps.last(),
                    Some(Step::Fact(Event::Motion { target: last, .. })) if *last == target);
                if same {
                    batch.steps.pop();
                }
                batch.fact(motion);
            }
            XEvent::EnterNotify(event) => {
                self.saw_time(event.time);
                // A button that is let go over another window than the one
                // that it was pressed in is a move to there; a grab that
                // begins is none.
                if !matches!(event.mode, NotifyMode::NORMAL | NotifyMode::UNGRAB) {
                    return Ok(());
                }
                let Some(target) = self.target(event.event) else { return Ok(()) };
                let of_root = target == InputTarget::Root;
                let cause = self.crossing(batch, event.detail, sequence, of_root);
                let target = match (target, event.detail) {
                    // Into the frame only on the way to the client inside.
                    (
                        InputTarget::Window(client, Surface::Frame),
                        NotifyDetail::VIRTUAL | NotifyDetail::NONLINEAR_VIRTUAL,
                    ) => InputTarget::Window(client, Surface::Client),
                    (InputTarget::Root, detail) if detail != NotifyDetail::INFERIOR => {
                        return Ok(());
                    }
                    (target, _) => target,
                };
                batch.fact(Event::Enter {
                    target,
                    at: Point::new(event.root_x.into(), event.root_y.into()),
                    time: Timestamp(event.time),
                    cause,
                });
            }
            XEvent::LeaveNotify(event) => {
                self.saw_time(event.time);
                if event.mode != NotifyMode::NORMAL {
                    return Ok(());
                }
                let Some(target) = self.target(event.event) else { return Ok(()) };
                match (target, event.detail) {
                    // From the frame into the client.
                    (InputTarget::Window(client, Surface::Frame), NotifyDetail::INFERIOR) => {
                        batch.fact(Event::Enter {
                            target: InputTarget::Window(client, Surface::Client),
                            at: Point::new(event.root_x.into(), event.root_y.into()),
                            time: Timestamp(event.time),
                            cause: Crossing::Inside,
                        });
                    }
                    (InputTarget::Window(..), _) => batch.fact(Event::Leave { target }),
                    (InputTarget::Root, _) => {}
                }
            }
            XEvent::KeyPress(event) | XEvent::KeyRelease(event) => {
                self.saw_time(event.time);
                let pressed =
                    event.response_type & 0x7f == x11rb::protocol::xproto::KEY_PRESS_EVENT;
                let state = u16::from(event.state);
                let action = self.keys.action(event.detail, state).cloned();
                let at = Point::new(event.root_x.into(), event.root_y.into());
                batch.fact(Event::PointerAt(at));
                batch.fact(Event::Key(KeyEvent {
                    keysym: self.keys.mapping.keysym(event.detail, state),
                    pressed,
                    modifiers: self.keys.mapping.after(event.detail, pressed, state),
                    action,
                    time: Timestamp(event.time),
                }));
            }
            XEvent::FocusIn(event) => {
                let grab = matches!(event.mode, NotifyMode::GRAB | NotifyMode::UNGRAB);
                // What the last wish has overtaken is no news.
                let old = sequence < self.focus_since;
                if grab || old || event.detail == NotifyDetail::POINTER {
                    return Ok(());
                }
                match self.windows.role(event.event) {
                    Role::Client(client) => {
                        self.focus_went(client.0)?;
                        batch.fact(Event::FocusIn(Some(client)));
                    }
                    _ if event.event == self.display.root
                        && matches!(
                            event.detail,
                            NotifyDetail::POINTER_ROOT
                                | NotifyDetail::NONE
                                // From a window that reverted to its parent.
                                | NotifyDetail::INFERIOR
                                | NotifyDetail::NONLINEAR
                        ) =>
                    {
                        self.focus_holder = x11rb::NONE;
                        batch.fact(Event::FocusIn(None));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Input while a menu is open; false for what is not the menu's.
    fn menu_input(&mut self, batch: &mut Batch, event: &XEvent) -> bool {
        let input = match event {
            XEvent::ButtonPress(event) => {
                self.saw_time(event.time);
                MenuInput::Press(event.root_x.into(), event.root_y.into(), event.detail)
            }
            XEvent::ButtonRelease(event) => {
                self.saw_time(event.time);
                MenuInput::Release(event.root_x.into(), event.root_y.into(), event.detail)
            }
            XEvent::MotionNotify(event) => {
                MenuInput::Motion(event.root_x.into(), event.root_y.into())
            }
            XEvent::KeyPress(event) => {
                self.saw_time(event.time);
                let state = u16::from(event.state);
                MenuInput::Key(self.keys.mapping.keysym(event.detail, state))
            }
            XEvent::KeyRelease(_) => return true,
            _ => return false,
        };
        batch.chore(Chore::MenuInput(input));
        true
    }
}
