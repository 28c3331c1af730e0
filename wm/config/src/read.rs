//! From text to a configuration.
//!
//! Owns the collecting of every mistake, and laying a document over the
//! defaults. Must not touch files.

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};
use wm_core::look::{Background, Color, FrameColors, MenuItem, ShadowStyle, Theme};
use wm_core::{Action, Settings};

use crate::action::MAX_WORKSPACES;
use crate::error::nearest;
use crate::schema::{
    BackgroundSection, Document, FrameSection, GeneratedMenu, MenuLine, Preset, ShadowSection,
    ThemeSection, TitleAlign,
};
use crate::value::{ActionValue, Program, Whole};
use crate::xsettings::is_name;
use crate::{Binding, Chord, Config, Problem, Problems, XSettings, defaults};

/// How many mistakes are looked for. More are no help, and a hostile file
/// shall not keep the window manager busy.
const MAX_PROBLEMS: usize = 100;

pub(crate) fn parse(text: &str) -> Result<Config, Problems> {
    let (table, syntax) = DeTable::parse_recoverable(text);
    if !syntax.is_empty() {
        // What recovery made of broken text would only give false complaints.
        let list = syntax.iter().take(MAX_PROBLEMS).map(|error| problem(text, error)).collect();
        return Err(Problems::new(list));
    }
    let (document, mut problems) = document(text, table);
    let mut assembly = Assembly { text, problems: Vec::new() };
    let config = assembly.config(document);
    // Where a value was left out because it is wrong, what follows from its
    // absence is not worth telling.
    let lines: Vec<usize> = problems.iter().map(|p| p.line).collect();
    problems.extend(assembly.problems.into_iter().filter(|p| !lines.contains(&p.line)));
    if problems.is_empty() { Ok(config) } else { Err(Problems::new(problems)) }
}

/// Reads the document; after each mistake again without it, so that all of
/// them are found.
fn document(text: &str, mut table: Spanned<DeTable<'_>>) -> (Document, Vec<Problem>) {
    let mut problems = Vec::new();
    loop {
        match Document::deserialize(toml::Deserializer::from(table.clone())) {
            Ok(document) => return (document, problems),
            Err(error) => {
                problems.push(problem(text, &error));
                let removed = error.span().is_some_and(|span| remove(table.get_mut(), &span));
                if !removed || problems.len() >= MAX_PROBLEMS {
                    return (Document::default(), problems);
                }
            }
        }
    }
}

/// Takes the innermost entry that holds the place `span` out of `table`.
fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    let mut found = None;
    for (key, value) in table.iter_mut() {
        if remove_inside(value, span) {
            return true;
        }
        if holds(&key.span(), span) || holds(&value.span(), span) {
            found = Some(key.clone());
        }
    }
    found.is_some_and(|key| table.remove(&key).is_some())
}

fn remove_inside(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    match value.get_mut() {
        DeValue::Table(table) => remove(table, span),
        DeValue::Array(array) => {
            if array.iter_mut().any(|element| remove_inside(element, span)) {
                return true;
            }
            let before = array.len();
            let elements = std::mem::replace(array, DeArray::new());
            for element in elements {
                if !holds(&element.span(), span) {
                    array.push(element);
                }
            }
            array.len() < before
        }
        _ => false,
    }
}

const fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// A mistake as the TOML library tells it, with advice.
fn problem(text: &str, error: &toml::de::Error) -> Problem {
    let message = error.message().replace("untagged enum ", "");
    let span = error.span().unwrap_or(0..0);
    let (message, help) = advise(&message);
    Problem::at(text, span, message).with_help(help)
}

/// serde's `unknown field `x`, expected one of `a`, `b`` as a sentence of our
/// own, with the likely name or all of them.
fn advise(message: &str) -> (String, Option<String>) {
    let unknown = [("unknown field ", "setting"), ("unknown variant ", "value")]
        .into_iter()
        .find_map(|(prefix, what)| Some((message.strip_prefix(prefix)?, what)));
    let Some((rest, what)) = unknown else { return (message.to_owned(), None) };
    let mut words = rest.split('`').skip(1).step_by(2);
    let Some(wrong) = words.next() else { return (message.to_owned(), None) };
    let valid: Vec<&str> = words.collect();
    let help = match nearest(wrong, valid.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None if valid.is_empty() => "nothing is valid here".to_owned(),
        None => format!("valid here: {}", valid.join(", ")),
    };
    (format!("there is no {what} `{wrong}` here"), Some(help))
}

/// Lays a document over the defaults and notes what contradicts itself.
struct Assembly<'a> {
    text: &'a str,
    problems: Vec<Problem>,
}

/// `target = value` where there is one.
macro_rules! set {
    ($target:expr, $value:expr) => {
        if let Some(value) = $value {
            $target = value;
        }
    };
}

impl Assembly<'_> {
    fn complain(&mut self, span: Range<usize>, message: impl Into<String>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem::at(self.text, span, message));
        }
    }

    fn config(&mut self, document: Document) -> Config {
        let mut programs = defaults::programs();
        set!(programs.terminal, document.programs.terminal);
        set!(programs.launcher, document.programs.launcher);
        set!(programs.screenshot, document.programs.screenshot);
        set!(programs.lock, document.programs.lock);
        let resolve = |value: ActionValue| programs.resolve(value);

        let mut settings = Settings::default();
        let focus = document.focus;
        set!(settings.focus, focus.mode);
        set!(settings.raise_on_click, focus.raise_on_click);
        settings.auto_raise_ms = focus.auto_raise_ms.map(Whole::as_u32);
        set!(settings.focus_new, focus.focus_new);
        set!(settings.stealing, focus.stealing_prevention);

        let windows = document.windows;
        set!(settings.placement, windows.placement);
        set!(settings.resize_border, windows.resize_border.map(Whole::as_u16));
        set!(settings.resize_corner, windows.resize_corner.map(Whole::as_u16));
        set!(settings.snap_distance, windows.snap_distance.map(Whole::as_u16));
        set!(settings.edge_tiling, windows.edge_tiling);
        set!(settings.ping_timeout_ms, windows.ping_timeout_ms.map(Whole::as_u32));

        let mouse = document.mouse;
        set!(settings.drag_modifiers, mouse.drag_modifiers.map(|m| m.0));
        set!(settings.double_click_ms, mouse.double_click_ms.map(Whole::as_u32));
        set!(settings.double_click, mouse.double_click.map(resolve));

        set!(settings.bypass, document.compositing.bypass);
        set!(settings.round_bottom, document.theme.round_bottom);
        let automatic_scale = document.theme.scale_percent.is_none();
        settings.theme = theme(document.theme);
        set!(settings.workspaces, self.workspaces(document.workspaces));

        let menu = document.menu.map(|lines| self.menu(lines, &programs, &settings.workspaces));
        settings.root_menu = menu.unwrap_or_else(|| defaults::menu(&programs, &settings));

        let keep_defaults = document.default_keys.unwrap_or(true);
        let bindings = self.bindings(keep_defaults, document.keys.0, &programs);
        settings.shortcuts = crate::shortcuts(&bindings);

        let mut compositing = defaults::COMPOSITING;
        set!(compositing.backend, document.compositing.backend);

        let mut autostart = crate::Autostart::default();
        set!(autostart.commands, document.autostart.commands);
        set!(autostart.xdg, document.autostart.xdg);

        let mut environment = std::collections::BTreeMap::new();
        for (name, value) in document.environment {
            if name.get_ref().is_empty() || name.get_ref().contains(['=', '\0']) {
                self.complain(name.span(), "this cannot be the name of a variable");
            } else if value.get_ref().contains('\0') {
                self.complain(value.span(), "a variable cannot hold a null character");
            } else {
                environment.insert(name.into_inner(), value.into_inner());
            }
        }

        let mut xsettings = XSettings::default();
        set!(xsettings.manage, document.xsettings.manage);
        for (name, value) in document.xsettings.values {
            if is_name(name.get_ref()) {
                xsettings.values.insert(name.into_inner(), value);
            } else {
                self.complain(name.span(), "a name is letters, digits and _, with / in between");
            }
        }

        Config {
            settings,
            automatic_scale,
            bindings,
            background: self.background(document.background),
            compositing,
            autostart,
            environment,
            xsettings,
        }
    }

    fn workspaces(&mut self, section: crate::schema::Workspaces) -> Option<Vec<String>> {
        let count = section.count.as_ref().map(|n| n.get_ref().as_u32() as usize);
        let numbered = |from: usize, to: usize| (from..=to).map(|n| n.to_string());
        let Some(names) = section.names else {
            return count.map(|count| numbered(1, count).collect());
        };
        let (span, mut names) = (names.span(), names.into_inner());
        let limit = count.unwrap_or(MAX_WORKSPACES as usize);
        if names.is_empty() && count.is_none() {
            self.complain(span, "there must be at least one workspace");
            return None;
        }
        if names.len() > limit {
            self.complain(span, format!("{} names for {limit} workspaces", names.len()));
            return None;
        }
        // More workspaces than names: the others have their numbers.
        names.extend(numbered(names.len() + 1, count.unwrap_or(0)));
        Some(names)
    }

    fn background(&mut self, section: BackgroundSection) -> Background {
        let color = section.color.map(|c| c.into_inner().0);
        if let Some(image) = section.image {
            if let Some(gradient) = section.gradient {
                self.complain(gradient.span(), "a background is a gradient or an image, not both");
            }
            if image.get_ref().is_empty() {
                self.complain(image.span(), "the image's path is empty");
            }
            return Background::Image {
                path: image.into_inner().into(),
                fit: section.fit.unwrap_or_default(),
                behind: color.unwrap_or(Color::rgb(0)),
            };
        }
        if let Some(gradient) = section.gradient {
            if color.is_some() {
                self.complain(gradient.span(), "a background is a color or a gradient, not both");
            }
            let [top, bottom] = gradient.into_inner();
            return Background::Gradient { top: top.0, bottom: bottom.0 };
        }
        color.map_or(Background::Default, Background::Solid)
    }

    fn bindings(
        &mut self,
        keep_defaults: bool,
        keys: Vec<(Spanned<crate::value::ChordValue>, ActionValue)>,
        programs: &defaults::Programs,
    ) -> Vec<Binding> {
        let mut all: HashMap<Chord, Action> = HashMap::new();
        if keep_defaults {
            all.extend(defaults::bindings(programs));
        }
        let mut written: HashMap<Chord, usize> = HashMap::new();
        for (key, value) in keys {
            let chord = key.get_ref().0;
            let line = Problem::at(self.text, key.span(), "").line;
            if let Some(first) = written.insert(chord, line) {
                let message = format!("`{chord}` is bound twice, first in line {first}");
                self.complain(key.span(), message);
            }
            match programs.resolve(value) {
                Action::None => all.remove(&chord),
                action => all.insert(chord, action),
            };
        }
        let mut bindings: Vec<Binding> =
            all.into_iter().map(|(chord, action)| Binding { chord, action }).collect();
        bindings.sort_by_key(|b| (b.chord.keysym, b.chord.modifiers.0));
        bindings
    }

    fn menu(
        &mut self,
        lines: Vec<Spanned<MenuLine>>,
        programs: &defaults::Programs,
        workspaces: &[String],
    ) -> Vec<MenuItem> {
        let mut items = Vec::new();
        for line in lines {
            let span = line.span();
            let line = line.into_inner();
            match line {
                MenuLine {
                    separator: Some(true),
                    label: None,
                    action: None,
                    items: None,
                    generate: None,
                } => items.push(MenuItem::Separator),
                MenuLine {
                    label: Some(label),
                    action: Some(action),
                    items: None,
                    generate: None,
                    separator: None,
                } => items.push(defaults::line(label, programs.resolve(action))),
                MenuLine {
                    label: Some(label),
                    action: None,
                    items: Some(lines),
                    generate: None,
                    separator: None,
                } => {
                    let lines = self.menu(lines, programs, workspaces);
                    items.push(MenuItem::Submenu { label, items: lines });
                }
                MenuLine {
                    label: Some(label),
                    action: None,
                    items: None,
                    generate: Some(GeneratedMenu::Workspaces),
                    separator: None,
                } => items.push(defaults::workspace_menu(label, workspaces)),
                _ => self.complain(
                    span,
                    "a menu line is a label with one of action, items or generate, \
                     or separator = true alone",
                ),
            }
        }
        items
    }
}

impl defaults::Programs {
    fn resolve(&self, value: ActionValue) -> Action {
        match value {
            ActionValue::Action(action) => action,
            ActionValue::Program(program) => Action::Spawn(self.command(program).to_owned()),
        }
    }

    pub(crate) fn command(&self, program: Program) -> &str {
        match program {
            Program::Terminal => &self.terminal,
            Program::Launcher => &self.launcher,
            Program::Screenshot => &self.screenshot,
            Program::Lock => &self.lock,
        }
    }
}

fn theme(section: ThemeSection) -> Theme {
    let mut theme = match section.preset.unwrap_or_default() {
        Preset::Dark => Theme::default(),
        Preset::Light => defaults::light_theme(),
    };
    set!(theme.font_family, section.font_family.map(|f| f.0));
    set!(theme.font_size, section.font_size.map(Whole::as_u16));
    set!(theme.title_height, section.title_height.map(Whole::as_u16));
    set!(theme.title_centered, section.title_align.map(|a| matches!(a, TitleAlign::Center)));
    set!(theme.corner_radius, section.corner_radius.map(Whole::as_u16));
    set!(theme.buttons_left, section.buttons_left);
    set!(theme.buttons_right, section.buttons_right);
    set!(theme.scale_percent, section.scale_percent.map(Whole::as_u16));
    set!(theme.urgent, section.urgent.map(|c| c.0));
    set!(theme.menu_background, section.menu_background.map(|c| c.0));
    set!(theme.menu_text, section.menu_text.map(|c| c.0));
    set!(theme.accent, section.accent.map(|c| c.0));
    set!(theme.accent_text, section.accent_text.map(|c| c.0));
    frame(&mut theme.active, &section.active);
    frame(&mut theme.inactive, &section.inactive);
    shadow(&mut theme.shadow_active, &section.shadow_active);
    shadow(&mut theme.shadow_inactive, &section.shadow_inactive);
    shadow(&mut theme.shadow_popup, &section.shadow_popup);
    theme
}

fn frame(colors: &mut FrameColors, section: &FrameSection) {
    set!(colors.background, section.background.map(|c| c.0));
    set!(colors.text, section.text.map(|c| c.0));
    set!(colors.border, section.border.map(|c| c.0));
    set!(colors.button_hover, section.button_hover.map(|c| c.0));
    set!(colors.button_pressed, section.button_pressed.map(|c| c.0));
    set!(colors.close_hover, section.close_hover.map(|c| c.0));
}

fn shadow(style: &mut ShadowStyle, section: &ShadowSection) {
    set!(style.extent, section.extent.map(Whole::as_u16));
    set!(style.offset_y, section.offset_y.map(Whole::as_i16));
    set!(style.opacity, section.opacity.map(Whole::as_u8));
    set!(style.color, section.color.map(|c| c.0));
}
