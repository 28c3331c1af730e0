//! The decoration: extents, the title bar's layout, and what the pointer is
//! on.
//!
//! Owns frame geometry and its hit test. Must not know pixels (the painter
//! draws a [`FrameLook`]) or what a press does.

use crate::geom::{Point, Rect, Root, Sides, Size, Source};
use crate::hints::WindowType;
use crate::look::{Button, ButtonLook, ButtonState, FrameLook, Theme};
use crate::model::window::{FramePart, Window};

/// Longest title that is drawn, in characters: more never fits.
const MAX_TITLE: usize = 512;

/// What is visible of the frame around the client.
pub(super) fn extents(window: &Window, theme: &Theme) -> Sides {
    if window.is_decorated() {
        Sides { top: theme.scaled(theme.title_height), ..Sides::default() }
    } else {
        Sides::default()
    }
}

/// The buttons of a title bar of this size, and what is left for the title.
/// A bar too narrow loses its left buttons first, then the right ones from
/// the left, so that the close button goes last.
fn layout(
    window: &Window,
    theme: &Theme,
    size: Size,
) -> (Vec<(Button, Rect<Source>)>, Rect<Source>) {
    let allowed = window.allowed();
    // A dialog goes where its parent goes, and is answered rather than
    // enlarged: its title needs the room.
    let own = window.kind() != WindowType::Dialog || window.facts.transient_for.is_none();
    let wanted = |button: &&Button| match button {
        Button::Minimize => allowed.minimize && own,
        Button::Maximize => (allowed.maximize_horz || allowed.maximize_vert) && own,
        Button::Close => allowed.close,
        Button::Shade => allowed.shade,
        Button::Above => allowed.above,
        Button::Sticky => allowed.stick,
        Button::Icon | Button::Menu => true,
    };
    let side = size.h;
    let mut left_edge = 0;
    let mut right_edge = size.w;
    let mut right = Vec::new();
    for button in theme.buttons_right.iter().filter(wanted).rev() {
        if right_edge - side < 0 {
            break;
        }
        right_edge -= side;
        right.push((*button, Rect::new(right_edge, 0, side, side)));
    }
    right.reverse();
    let mut buttons = Vec::new();
    for button in theme.buttons_left.iter().filter(wanted) {
        // An icon beside an ellipsis says less than some letters.
        let least = if *button == Button::Icon { 2 * side } else { 0 };
        if left_edge + side + least > right_edge {
            break;
        }
        buttons.push((*button, Rect::new(left_edge, 0, side, side)));
        left_edge += side;
    }
    buttons.extend(right);
    let padding = theme.scaled(6);
    let title = Rect::from_edges(
        left_edge + padding,
        0,
        (right_edge - padding).max(left_edge + padding),
        side,
    );
    (buttons, title)
}

/// The title bar of `window`, whose frame is `frame`; `None` if it has none.
pub(super) fn look(
    window: &Window,
    theme: &Theme,
    theme_revision: u32,
    frame: &Rect<Root>,
    active: bool,
) -> Option<FrameLook> {
    let height = extents(window, theme).top;
    if height == 0 || frame.w <= 0 {
        return None;
    }
    let size = Size::new(frame.w, height);
    let (buttons, title_rect) = layout(window, theme, size);
    let buttons = buttons
        .into_iter()
        .map(|(button, rect)| ButtonLook {
            button,
            rect,
            state: if window.hovered != Some(FramePart::Button(button)) {
                ButtonState::Normal
            } else if window.pressed == Some(button) {
                ButtonState::Pressed
            } else {
                ButtonState::Hovered
            },
            on: match button {
                Button::Maximize => window.is_maximized(),
                Button::Shade => window.shaded,
                Button::Above => window.above,
                Button::Sticky => window.workspace.is_none(),
                Button::Icon | Button::Menu | Button::Minimize | Button::Close => false,
            },
        })
        .collect();
    Some(FrameLook {
        size,
        title: visible_title(window),
        title_rect,
        active,
        urgent: window.demands_attention && !active,
        buttons,
        icon_revision: window.icon_revision,
        theme_revision,
    })
}

/// The title as it is shown: without control characters, bounded, and
/// telling when the program does not answer.
pub(super) fn visible_title(window: &Window) -> String {
    let mut title: String = window
        .facts
        .title
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_TITLE)
        .collect();
    if title.trim().is_empty() {
        title.clone_from(&window.facts.class.1);
    }
    if window.hung {
        title.push_str(" (not responding)");
    }
    title
}

/// What of the frame is at `at` (root coordinates).
pub(super) fn part_at(
    window: &Window,
    theme: &Theme,
    frame: &Rect<Root>,
    at: Point<Root>,
) -> Option<FramePart> {
    let height = extents(window, theme).top;
    let bar = Rect::new(frame.x, frame.y, frame.w, height);
    if !bar.contains(at) {
        return None;
    }
    let local = Point::new(at.x - frame.x, at.y - frame.y);
    let (buttons, _) = layout(window, theme, bar.size());
    Some(
        buttons
            .into_iter()
            .find(|(_, rect)| rect.contains(local))
            .map_or(FramePart::Title, |(button, _)| FramePart::Button(button)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hints::ClientFacts;
    use crate::id::{WindowId, Xid};

    fn window() -> Window {
        Window::new(WindowId { xid: Xid(1), generation: 1 }, ClientFacts::default())
    }

    #[test]
    fn close_is_the_last_button_to_go() {
        let theme = Theme::default();
        let frame = |w| Rect::new(0, 0, w, 200);
        let names = |w| -> Vec<Button> {
            look(&window(), &theme, 0, &frame(w), true)
                .unwrap()
                .buttons
                .iter()
                .map(|b| b.button)
                .collect()
        };
        assert_eq!(names(400), [Button::Icon, Button::Minimize, Button::Maximize, Button::Close]);
        assert_eq!(names(150), [Button::Minimize, Button::Maximize, Button::Close]);
        assert_eq!(names(65), [Button::Maximize, Button::Close]);
        assert_eq!(names(31), [Button::Close]);
        assert_eq!(names(5), []);
    }

    #[test]
    fn hit_test_agrees_with_the_layout() {
        let theme = Theme::default();
        let frame = Rect::new(50, 60, 300, 200);
        let look = look(&window(), &theme, 0, &frame, true).unwrap();
        for button in &look.buttons {
            let at = button.rect.center();
            let at = Point::new(at.x + 50, at.y + 60);
            assert_eq!(
                part_at(&window(), &theme, &frame, at),
                Some(FramePart::Button(button.button))
            );
        }
        let middle = look.title_rect.center();
        let middle = Point::new(middle.x + 50, middle.y + 60);
        assert_eq!(part_at(&window(), &theme, &frame, middle), Some(FramePart::Title));
        assert_eq!(part_at(&window(), &theme, &frame, Point::new(60, 200)), None);
    }

    #[test]
    fn hostile_titles_are_tamed() {
        let mut window = window();
        window.facts.title = "a\nb\u{7}c".to_owned() + &"x".repeat(100_000);
        let title = visible_title(&window);
        assert!(title.starts_with("a b c"));
        assert!(title.chars().count() <= MAX_TITLE);
    }

    #[test]
    fn a_dialog_of_a_window_leaves_its_title_the_room() {
        let theme = Theme::default();
        let buttons = |transient_for| {
            let facts = ClientFacts {
                types: vec![WindowType::Dialog],
                transient_for,
                ..ClientFacts::default()
            };
            let window = Window::new(WindowId { xid: Xid(1), generation: 1 }, facts);
            let (buttons, title) = layout(&window, &theme, Size::new(200, 30));
            (buttons.into_iter().map(|(button, _)| button).collect::<Vec<_>>(), title.w)
        };
        let (own, narrow) = buttons(None);
        assert_eq!(own, [Button::Icon, Button::Minimize, Button::Maximize, Button::Close]);
        let (of_another, wide) = buttons(Some(Xid(2)));
        assert_eq!(of_another, [Button::Icon, Button::Close]);
        assert_eq!(wide, narrow + 60);
    }
}
