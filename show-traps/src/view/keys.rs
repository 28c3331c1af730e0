//! Keys, and what they do.
//!
//! Owns the one list that the program, its help and its manual page share. It
//! must not do anything.

/// A key, with Shift applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// An arrow.
    Left,
    /// An arrow.
    Right,
    /// An arrow.
    Up,
    /// An arrow.
    Down,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Home.
    Home,
    /// End.
    End,
    /// Tab.
    Tab,
    /// Return or Enter.
    Enter,
    /// Escape.
    Escape,
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Move the drawing, in tenths of the pane.
    Pan(i8, i8),
    /// Larger.
    ZoomIn,
    /// Smaller.
    ZoomOut,
    /// Show all of the page.
    FitAll,
    /// Show the request's shapes.
    FitRequest,
    /// Show the selected shape.
    FitShape,
    /// So many requests on or back.
    Step(isize),
    /// The first request.
    First,
    /// The last request.
    Last,
    /// The next or last shape of the request.
    StepShape(isize),
    /// Another way of looking, by its place.
    Mode(usize),
    /// The next way of looking.
    NextMode,
    /// What else is shown beside the request.
    Context,
    /// Whether requests without trapezoids and triangles are stepped over.
    Kinds,
    /// The next window or pixmap.
    NextTarget,
    /// The next sample grid.
    Samples,
    /// The edges' whole lines.
    Edges,
    /// What is compared with.
    Reference,
    /// How much differences are amplified.
    Amplify,
    /// Go with what a program draws.
    Follow,
    /// The numbers at the right.
    Panel,
    /// The timeline.
    Timeline,
    /// The list of keys.
    Help,
    /// Nothing selected; the list of keys closed.
    Escape,
    /// The end.
    Quit,
}

/// One line of the list: the keys as they are written, and what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Names of keys, and of what the pointer can do.
    pub keys: &'static str,
    /// What they do.
    pub does: &'static str,
    commands: &'static [(Key, Command)],
}

const fn binding(
    keys: &'static str,
    does: &'static str,
    commands: &'static [(Key, Command)],
) -> Binding {
    Binding { keys, does, commands }
}

use Key::Char;

/// All bindings, by subject.
pub const BINDINGS: [(&str, &[Binding]); 4] = [
    (
        "Looking around",
        &[
            binding(
                "arrows, drag",
                "move the drawing",
                &[
                    (Key::Left, Command::Pan(1, 0)),
                    (Key::Right, Command::Pan(-1, 0)),
                    (Key::Up, Command::Pan(0, 1)),
                    (Key::Down, Command::Pan(0, -1)),
                ],
            ),
            binding(
                "+ −, wheel",
                "enlarge, reduce",
                &[
                    (Char('+'), Command::ZoomIn),
                    (Char('='), Command::ZoomIn),
                    (Char('-'), Command::ZoomOut),
                ],
            ),
            binding("0", "all of the page", &[(Char('0'), Command::FitAll)]),
            binding("r", "the request's shapes", &[(Char('r'), Command::FitRequest)]),
            binding("Enter", "the selected shape", &[(Key::Enter, Command::FitShape)]),
        ],
    ),
    (
        "Requests and shapes",
        &[
            binding(
                ". ,",
                "next, previous request; wheel on the timeline",
                &[
                    (Char('.'), Command::Step(1)),
                    (Char(','), Command::Step(-1)),
                    (Char('>'), Command::Step(1)),
                    (Char('<'), Command::Step(-1)),
                ],
            ),
            binding(
                "Page keys",
                "25 requests on, back",
                &[(Key::PageDown, Command::Step(25)), (Key::PageUp, Command::Step(-25))],
            ),
            binding(
                "Home End",
                "first, last request",
                &[(Key::Home, Command::First), (Key::End, Command::Last)],
            ),
            binding(
                "] [",
                "next, previous shape; a click selects one",
                &[
                    (Char(']'), Command::StepShape(1)),
                    (Char('['), Command::StepShape(-1)),
                    (Char('n'), Command::StepShape(1)),
                    (Char('p'), Command::StepShape(-1)),
                ],
            ),
            binding("k", "step over glyphs and rectangles, or not", &[(Char('k'), Command::Kinds)]),
            binding("w", "next window or pixmap", &[(Char('w'), Command::NextTarget)]),
            binding("f", "follow the program", &[(Char('f'), Command::Follow)]),
        ],
    ),
    (
        "Ways of looking",
        &[
            binding(
                "1 – 5, Tab",
                "shapes, overlap, slivers, coverage, compare",
                &[
                    (Char('1'), Command::Mode(0)),
                    (Char('2'), Command::Mode(1)),
                    (Char('3'), Command::Mode(2)),
                    (Char('4'), Command::Mode(3)),
                    (Char('5'), Command::Mode(4)),
                    (Key::Tab, Command::NextMode),
                ],
            ),
            binding(
                "a",
                "around it: nothing, what was drawn, all shapes",
                &[(Char('a'), Command::Context)],
            ),
            binding(
                "s",
                "sample grid: the mask's, A8, A4, A1, none",
                &[(Char('s'), Command::Samples)],
            ),
            binding("e", "whole lines of the edges", &[(Char('e'), Command::Edges)]),
            binding(
                "c",
                "compare with pixman, tiny-skia, exact area",
                &[(Char('c'), Command::Reference)],
            ),
            binding("d", "amplify differences more", &[(Char('d'), Command::Amplify)]),
        ],
    ),
    (
        "The window",
        &[
            binding(
                "i l",
                "numbers, timeline",
                &[(Char('i'), Command::Panel), (Char('l'), Command::Timeline)],
            ),
            binding("?", "this list", &[(Char('?'), Command::Help), (Char('h'), Command::Help)]),
            binding("Esc", "close the list, select nothing", &[(Key::Escape, Command::Escape)]),
            binding("q", "quit", &[(Char('q'), Command::Quit)]),
        ],
    ),
];

/// What a key asks for, if anything.
#[must_use]
pub fn command(key: Key) -> Option<Command> {
    let all = BINDINGS.iter().flat_map(|(_, bindings)| bindings.iter());
    let mut pairs = all.flat_map(|binding| binding.commands);
    pairs.find(|(bound, _)| *bound == key).map(|(_, command)| *command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_bound_twice() {
        let all = BINDINGS.iter().flat_map(|(_, bindings)| bindings.iter());
        let keys: Vec<Key> =
            all.flat_map(|binding| binding.commands.iter().map(|(key, _)| *key)).collect();
        for (k, key) in keys.iter().enumerate() {
            assert!(!keys[k + 1..].contains(key), "{key:?}");
        }
        assert_eq!(command(Char('?')), Some(Command::Help));
        assert_eq!(command(Char('~')), None);
    }

    #[test]
    fn the_manual_page_has_every_binding() {
        let page = include_str!("../../man/show-traps.1").replace("\\-", "-").replace("\\(en", "–");
        for (subject, bindings) in BINDINGS {
            assert!(page.contains(subject), "{subject}");
            for binding in bindings {
                assert!(page.contains(binding.does), "{}", binding.does);
            }
        }
    }
}
