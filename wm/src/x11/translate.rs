//! X events, as the model's facts.
//!
//! Owns the meaning of each event: which unmaps are our own, which window a
//! press belongs to, which properties are worth reading. Must not know what
//! follows. The queries that a batch of events asks for go out together; the
//! answers take their place where the question arose.

use wm_core::event::{ConfigureValues, Event, Message, StackMode};
use wm_core::geom::Rect;
use wm_core::hints::{ClientFacts, Property};
use wm_core::{Timestamp, Xid};
use x11rb::protocol::Event as XEvent;
use x11rb::protocol::xproto::{
    ConfigureRequestEvent, ConfigureWindowAux, ConnectionExt as _, Property as XProperty,
};

use super::batch::{Batch, Chore, Step};
use super::query::{self, Changed, FoundClient, FoundUnmanaged};
use super::startup::Part;
use super::windows::Role;
use super::{Result, Server, messages, monitors, sync};

impl Server {
    /// Takes one X event into the batch. `sequence` is the number of the last
    /// request that the server had processed.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn take(&mut self, batch: &mut Batch, event: &XEvent, sequence: u64) -> Result<()> {
        // Of what clients can send, only these mean anything (ICCCM 4.1.4,
        // 4.1.5); the rest would be believed, its times included.
        if event.sent_event() {
            match event {
                XEvent::ClientMessage(_) | XEvent::UnmapNotify(_) => {}
                // The server refuses siblings of which each is in a frame.
                XEvent::ConfigureRequest(event)
                    if self.windows.by_client(Xid(event.window)).is_some() => {}
                _ => return Ok(()),
            }
        }
        Self::note_restructuring(batch, event, sequence);
        match event {
            XEvent::Error(error) => self.expectations.judge(sequence, error),
            XEvent::CreateNotify(event) if event.parent == self.display.root => {
                self.stack.added(event.window);
            }
            XEvent::DestroyNotify(event) => self.destroyed(batch, event.window),
            XEvent::MapRequest(event) => {
                if self.windows.by_client(Xid(event.window)).is_some() {
                    batch.fact(Event::MapRequest(Xid(event.window)));
                } else if batch.managing.insert(event.window) {
                    batch.steps.push(Step::Manage { window: event.window, adopted: false });
                } else {
                    batch.fact(Event::MapRequest(Xid(event.window)));
                }
            }
            XEvent::MapNotify(event) => {
                let unknown = self.windows.role(event.window) == Role::Other;
                if event.event == self.display.root
                    && event.override_redirect
                    && unknown
                    && batch.mapping.insert(event.window)
                {
                    batch.steps.push(Step::Unmanaged { window: event.window });
                }
            }
            XEvent::UnmapNotify(event) => {
                let synthetic = event.response_type & 0x80 != 0;
                self.unmapped(batch, event.event, event.window, synthetic, sequence);
            }
            XEvent::ReparentNotify(event) => {
                self.reparented(batch, event.window, event.parent, sequence);
            }
            XEvent::ConfigureNotify(event) => {
                if event.event != self.display.root || event.response_type & 0x80 != 0 {
                    return Ok(());
                }
                if event.window == self.display.root {
                    batch.chore(Chore::Screen);
                    return Ok(());
                }
                self.stack.configured(event.window, event.above_sibling);
                let border = i32::from(event.border_width);
                let geometry = Rect::new(
                    event.x.into(),
                    event.y.into(),
                    i32::from(event.width) + 2 * border,
                    i32::from(event.height) + 2 * border,
                );
                self.unmanaged_configured(batch, event.window, geometry, border);
            }
            XEvent::GravityNotify(event) if event.event == self.display.root => {
                if let Some(facts) = self.windows.unmanaged_mut(Xid(event.window)) {
                    let old = facts.geometry;
                    let geometry = Rect::new(event.x.into(), event.y.into(), old.w, old.h);
                    self.unmanaged_configured(batch, event.window, geometry, 0);
                }
            }
            XEvent::CirculateNotify(event) if event.event == self.display.root => {
                let to_top = event.place == x11rb::protocol::xproto::Place::ON_TOP;
                self.stack.circulated(event.window, to_top);
                if let Some(facts) = self.windows.unmanaged_mut(Xid(event.window)) {
                    let geometry = facts.geometry;
                    self.unmanaged_configured(batch, event.window, geometry, 0);
                }
            }
            XEvent::ConfigureRequest(event) => self.configure_request(batch, event)?,
            XEvent::CirculateRequest(event) => {
                self.display.circulate_window(
                    if event.place == x11rb::protocol::xproto::Place::ON_TOP {
                        x11rb::protocol::xproto::Circulate::RAISE_LOWEST
                    } else {
                        x11rb::protocol::xproto::Circulate::LOWER_HIGHEST
                    },
                    // The parent, by the name of the shared structure.
                    event.event,
                )?;
            }
            XEvent::PropertyNotify(event) => {
                self.saw_time(event.time);
                if event.window == self.selections.window
                    && event.atom == self.display.atoms.TIMESTAMP
                {
                    return self.time_came();
                }
                self.property(batch, event.window, event.atom, event.state == XProperty::DELETE);
            }
            XEvent::ShapeNotify(event) => {
                let window = event.affected_window;
                let known =
                    matches!(self.windows.role(window), Role::Client(_) | Role::Unmanaged(_));
                let bounding = event.shape_kind == x11rb::protocol::shape::SK::BOUNDING;
                if known && bounding && batch.asked.insert((window, query::SHAPE)) {
                    batch.steps.push(Step::Property { window, atom: query::SHAPE });
                }
            }
            XEvent::ClientMessage(event) => {
                self.client_message(batch, event);
            }
            XEvent::ButtonPress(_)
            | XEvent::ButtonRelease(_)
            | XEvent::MotionNotify(_)
            | XEvent::EnterNotify(_)
            | XEvent::LeaveNotify(_)
            | XEvent::KeyPress(_)
            | XEvent::KeyRelease(_)
            | XEvent::FocusIn(_) => self.input(batch, event, sequence)?,
            XEvent::Expose(event) if event.count == 0 => match self.windows.role(event.window) {
                Role::Frame(client) => batch.chore(Chore::RepaintFrame(client)),
                _ => batch.chore(Chore::Exposed(event.window)),
            },
            XEvent::DamageNotify(event) => {
                let area = Rect::new(
                    event.area.x.into(),
                    event.area.y.into(),
                    event.area.width.into(),
                    event.area.height.into(),
                );
                if let Some(composite) = &mut self.composite
                    && let Some((window, region)) = composite.damaged(event.damage, area)
                {
                    batch.chore(Chore::Damage(window));
                    // One fact per window and batch: they only are counted.
                    for step in batch.steps.iter_mut().rev().take(8) {
                        if let Step::Fact(Event::Damaged { window: w, region: r }) = step
                            && *w == window
                        {
                            r.add(&region);
                            return Ok(());
                        }
                    }
                    batch.fact(Event::Damaged { window, region });
                }
            }
            XEvent::SyncAlarmNotify(event) => {
                let value = query::int64(event.counter_value);
                if self.pace.counted(event.alarm, value) {
                    batch.chore(Chore::Awaited);
                } else if let Some(window) = self.windows.by_alarm(event.alarm) {
                    batch.fact(Event::SyncCounter { window, value });
                }
            }
            XEvent::ColormapNotify(event) if event.new => {
                self.colormaps.changed(&self.display, event.window, event.colormap)?;
            }
            XEvent::SelectionClear(event) => {
                self.saw_time(event.time);
                if event.owner == self.selections.window
                    && event.selection == self.selections.manager
                {
                    batch.chore(Chore::Replaced);
                } else if Some(event.selection) == self.selections.compositor {
                    batch.chore(Chore::CompositorReplaced);
                } else if self.xsettings.as_ref().is_some_and(|x| x.window == event.owner) {
                    batch.chore(Chore::SettingsReplaced);
                }
            }
            XEvent::MappingNotify(_) => batch.chore(Chore::Keyboard),
            XEvent::RandrScreenChangeNotify(_) | XEvent::RandrNotify(_) => {
                batch.chore(Chore::Screen);
            }
            _ => {}
        }
        Ok(())
    }

    /// Asks what the batch needs to know, waits once, and gives the facts in
    /// order.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn resolve(&mut self, batch: &mut Batch) -> Result<Vec<Event>> {
        let steps = std::mem::take(&mut batch.steps);
        let mut clients = Vec::new();
        let mut unmanaged = Vec::new();
        let mut properties = Vec::new();
        for step in &steps {
            match step {
                Step::Manage { window, .. } | Step::Extents { window } => clients.push(*window),
                Step::Unmanaged { window } => unmanaged.push(*window),
                Step::Property { window, atom } => properties.push((*window, *atom)),
                Step::Fact(_) => {}
            }
        }
        let display = std::rc::Rc::clone(&self.display);
        let pending = properties
            .iter()
            .map(|(window, atom)| query::ask_property(&display, *window, *atom))
            .collect::<Result<Vec<_>>>()?;
        let mut clients = query::clients(&display, &clients)?.into_iter();
        let mut unmanaged = query::unmanaged(&display, &unmanaged)?.into_iter();
        let mut pending = pending.into_iter();
        let mut facts = Vec::with_capacity(steps.len());
        for step in steps {
            match step {
                Step::Fact(event) => facts.push(event),
                Step::Manage { window, adopted } => {
                    let found = clients.next().flatten();
                    if !adopted && found.as_ref().is_some_and(|found| found.input_only) {
                        // It may have what it asks for, without a frame.
                        display.map_window(window)?;
                    }
                    if let Some(found) = found.filter(|found| found.is_manageable(adopted)) {
                        facts.push(self.found_client(window, found, adopted)?);
                    }
                }
                Step::Extents { window } => {
                    let found = clients.next().flatten();
                    let facts_of =
                        found.map(|found: FoundClient| Box::<ClientFacts>::new(found.facts));
                    let window = Xid(window);
                    facts.push(Event::Message(Message::FrameExtents { window, facts: facts_of }));
                }
                Step::Unmanaged { window } => {
                    if let Some(found) = unmanaged.next().flatten() {
                        self.found_unmanaged(&mut facts, window, found)?;
                    }
                }
                Step::Property { window, .. } => {
                    if let Some(pending) = pending.next() {
                        let changed = query::wait_property(&display, pending)?;
                        self.changed(&mut facts, window, changed)?;
                    }
                }
            }
        }
        Ok(facts)
    }

    /// Everything that is on the screen already, bottom to top.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn adopt(&mut self, batch: &mut Batch) -> Result<()> {
        let tree = self.display.query_tree(self.display.root)?.reply()?;
        self.stack.reset(tree.children.clone());
        let found = query::classify(&self.display, &tree.children)?;
        let mut topmost = None;
        for (&window, found) in tree.children.iter().zip(found) {
            if self.windows.role(window) != Role::Other
                || self.composite.as_ref().is_some_and(|c| c.overlay == window)
            {
                continue;
            }
            match found {
                query::Found::Client => {
                    topmost = Some(window);
                    if batch.managing.insert(window) {
                        batch.steps.push(Step::Manage { window, adopted: true });
                    }
                }
                query::Found::Unmanaged => {
                    if batch.mapping.insert(window) {
                        batch.steps.push(Step::Unmanaged { window });
                    }
                }
                query::Found::Nothing => {}
            }
        }
        self.place_guard(topmost)
    }

    fn found_client(
        &mut self,
        window: u32,
        mut found: FoundClient,
        adopted: bool,
    ) -> Result<Event> {
        self.startup.complete(&mut found.facts);
        let mut icon = super::frames::icon_from_property(&found.icon);
        if icon.is_none()
            && let Some(pixmaps) = found.icon_pixmap
        {
            icon = super::frames::icon_from_pixmap(&self.display, pixmaps)?;
        }
        let client = Xid(window);
        self.frames.set_icon(client, icon);
        self.windows.add_candidate(client, found.candidate);
        Ok(Event::Manage { window: client, facts: Box::new(found.facts), adopted })
    }

    fn found_unmanaged(
        &mut self,
        facts: &mut Vec<Event>,
        window: u32,
        found: FoundUnmanaged,
    ) -> Result<()> {
        if !found.mapped || !found.override_redirect {
            return Ok(());
        }
        let xid = Xid(window);
        let geometry = found.facts.geometry;
        if let Some(composite) = &mut self.composite
            && !found.facts.input_only
        {
            let look = (found.border, found.facts.depth, found.visual);
            composite.add(&self.display, xid, window, geometry.size(), look, true)?;
        }
        self.windows.set_unmanaged(xid, found.facts.clone());
        facts.push(Event::UnmanagedMapped { window: xid, facts: Box::new(found.facts) });
        let above = self.known_below(window);
        facts.push(Event::UnmanagedConfigured { window: xid, geometry, above });
        Ok(())
    }

    fn changed(&mut self, facts: &mut Vec<Event>, window: u32, changed: Changed) -> Result<()> {
        if let Changed::Desktops { layout, names } = changed {
            facts.push(Event::Desktops { layout, names });
            return Ok(());
        }
        let window = match self.windows.role(window) {
            Role::Client(xid) | Role::Unmanaged(xid) | Role::UserTime(xid) => xid,
            _ => return Ok(()),
        };
        let mut property = |property| facts.push(Event::Property { window, property });
        match changed {
            Changed::Property(p) => property(p),
            Changed::Icon(value, pixmaps) => {
                let mut icon = super::frames::icon_from_property(&value);
                if let Some(pixmaps) = pixmaps.filter(|_| icon.is_none()) {
                    icon = super::frames::icon_from_pixmap(&self.display, pixmaps)?;
                }
                self.frames.set_icon(window, icon);
                if let Some(managed) = self.windows.by_client_mut(window) {
                    managed.candidate.has_icon = value.is_set();
                }
                property(Property::Icon);
            }
            Changed::Hints(hints, pixmaps) => {
                property(hints);
                let has_icon = self.windows.by_client(window).is_some_and(|m| m.candidate.has_icon);
                if !has_icon {
                    let icon = match pixmaps {
                        Some(pixmaps) => super::frames::icon_from_pixmap(&self.display, pixmaps)?,
                        None => None,
                    };
                    self.frames.set_icon(window, icon);
                    property(Property::Icon);
                }
            }
            Changed::UserTimeWindow(carrier) => {
                let carrier = carrier.filter(|c| *c != window.0 && self.display.is_foreign(*c));
                self.windows.set_user_time_window(window, carrier);
                if let Some(carrier) = carrier {
                    let aux = x11rb::protocol::xproto::ChangeWindowAttributesAux::new()
                        .event_mask(query::client_mask());
                    self.display.change_window_attributes(carrier, &aux)?;
                }
            }
            Changed::ColormapWindows(listed) => {
                self.colormaps.set_windows(&self.display, window, &listed)?;
            }
            Changed::SyncCounter(counter, frames) => {
                self.pace.set(&self.display, window, frames)?;
                if let Some(alarm) = self.windows.by_client(window).and_then(|m| m.alarm) {
                    sync::forget(&self.display, alarm)?;
                }
                let counter = counter.filter(|_| self.display.extensions.sync);
                let alarm = counter.map(|c| sync::watch(&self.display, c, 0)).transpose()?;
                self.windows.set_alarm(window, alarm);
                property(Property::SyncCounter(counter.map(|_| 0)));
            }
            Changed::Desktops { .. } | Changed::Nothing => {}
        }
        Ok(())
    }

    pub(super) fn saw_time(&mut self, time: u32) {
        let time = Timestamp(time);
        if time.0 != 0 && (self.time.0 == 0 || time.is_after(self.time)) {
            self.time = time;
        }
    }

    fn destroyed(&mut self, batch: &mut Batch, window: u32) {
        self.stack.removed(window);
        match self.windows.role(window) {
            Role::Client(client) => {
                batch.gone.insert(window);
                batch.fact(Event::Destroyed(client));
            }
            Role::Unmanaged(xid) => {
                self.unmanaged_gone(batch, xid, false);
                batch.fact(Event::Destroyed(xid));
            }
            _ => {
                if batch.managing.contains(&window) || batch.mapping.contains(&window) {
                    batch.gone.insert(window);
                    batch.fact(Event::Destroyed(Xid(window)));
                }
            }
        }
    }

    fn unmanaged_gone(&mut self, batch: &mut Batch, xid: Xid, alive: bool) {
        if self.windows.remove_unmanaged(xid) {
            if let Some(composite) = &mut self.composite
                && let Err(error) = composite.remove(&self.display, xid, alive)
            {
                tracing::debug!(%error, "cannot forget a window's damage");
            }
            batch.fact(Event::UnmanagedUnmapped(xid));
        }
    }

    /// Tells our own unmaps from the clients' (ICCCM 4.1.4).
    fn unmapped(
        &mut self,
        batch: &mut Batch,
        parent: u32,
        window: u32,
        synthetic: bool,
        sequence: u64,
    ) {
        while self.own_unmaps.front().is_some_and(|(number, _)| *number < sequence) {
            self.own_unmaps.pop_front();
        }
        match self.windows.role(window) {
            Role::Client(client) => {
                if synthetic {
                    batch.gone.insert(window);
                    batch.fact(Event::Unmapped(client));
                    return;
                }
                // Reported to the root: the unmap that comes with reparenting.
                // Reported to the frame: the client's, unless it is ours.
                let Some(managed) = self.windows.by_client_mut(client) else { return };
                // Found mapped and unmapped before it was reparented: it has
                // withdrawn, too.
                let found = managed.candidate.mapped_at;
                let early = parent == self.display.root
                    && sequence < managed.since
                    && found.is_some_and(|found| sequence >= found);
                if !early && (parent != managed.frame || sequence < managed.since) {
                    return;
                }
                let own = self.own_unmaps.iter().position(|(n, w)| *n == sequence && *w == window);
                if let Some(index) = own {
                    self.own_unmaps.remove(index);
                    return;
                }
                managed.client_mapped = false;
                batch.gone.insert(window);
                batch.fact(Event::Unmapped(client));
            }
            Role::Unmanaged(xid) if parent == self.display.root => {
                self.unmanaged_gone(batch, xid, true);
            }
            _ if synthetic && batch.managing.contains(&window) => {
                batch.gone.insert(window);
                batch.fact(Event::Unmapped(Xid(window)));
            }
            _ => {}
        }
        batch.mapping.remove(&window);
    }

    fn reparented(&mut self, batch: &mut Batch, window: u32, parent: u32, sequence: u64) {
        if parent == self.display.root {
            self.stack.added(window);
        } else {
            self.stack.removed(window);
        }
        match self.windows.role(window) {
            Role::Client(client) => {
                let Some(managed) = self.windows.by_client(client) else { return };
                if parent != managed.frame && sequence >= managed.since {
                    batch.gone.insert(window);
                    // A mapped window is unmapped on the way: it did not
                    // withdraw, and is not to be taken back.
                    let unmap = |step: &Step| matches!(step, Step::Fact(Event::Unmapped(x)) if *x == client);
                    match batch.steps.iter_mut().rev().find(|step| unmap(step)) {
                        Some(step) => *step = Step::Fact(Event::ReparentedAway(client)),
                        None => batch.fact(Event::ReparentedAway(client)),
                    }
                }
            }
            Role::Unmanaged(xid) if parent != self.display.root => {
                self.unmanaged_gone(batch, xid, true);
            }
            _ => {}
        }
    }

    fn unmanaged_configured(
        &mut self,
        batch: &mut Batch,
        window: u32,
        geometry: Rect<wm_core::geom::Root>,
        border: i32,
    ) {
        let xid = Xid(window);
        let above = self.known_below(window);
        let Some(facts) = self.windows.unmanaged_mut(xid) else { return };
        facts.geometry = geometry;
        if let Some(composite) = &mut self.composite
            && composite.set_size(xid, geometry.size(), border)
        {
            batch.fact(Event::ContentReset(xid));
        }
        batch.fact(Event::UnmanagedConfigured { window: xid, geometry, above });
    }

    /// The nearest window below that the model knows, by its client.
    fn known_below(&self, window: u32) -> Option<Xid> {
        self.stack.below(window).find_map(|below| match self.windows.role(below) {
            Role::Frame(client) => Some(client),
            Role::Unmanaged(xid) => Some(xid),
            _ => None,
        })
    }

    fn configure_request(&self, batch: &mut Batch, event: &ConfigureRequestEvent) -> Result<()> {
        let managed = self.windows.by_client(Xid(event.window)).is_some();
        if !managed && !batch.managing.contains(&event.window) {
            let aux = ConfigureWindowAux::from_configure_request(event);
            self.display.configure_window(event.window, &aux)?;
            return Ok(());
        }
        use x11rb::protocol::xproto::ConfigWindow as Mask;
        let mask = event.value_mask;
        let set = |bit: Mask, value: i32| mask.contains(bit).then_some(value);
        let stack_mode = match event.stack_mode {
            x11rb::protocol::xproto::StackMode::BELOW => StackMode::Below,
            x11rb::protocol::xproto::StackMode::TOP_IF => StackMode::TopIf,
            x11rb::protocol::xproto::StackMode::BOTTOM_IF => StackMode::BottomIf,
            x11rb::protocol::xproto::StackMode::OPPOSITE => StackMode::Opposite,
            _ => StackMode::Above,
        };
        batch.fact(Event::ConfigureRequest {
            window: Xid(event.window),
            values: ConfigureValues {
                x: set(Mask::X, event.x.into()),
                y: set(Mask::Y, event.y.into()),
                width: set(Mask::WIDTH, event.width.into()),
                height: set(Mask::HEIGHT, event.height.into()),
                border_width: set(Mask::BORDER_WIDTH, event.border_width.into()),
                sibling: (mask.contains(Mask::SIBLING) && event.sibling != 0)
                    .then_some(Xid(event.sibling)),
                stack_mode: mask.contains(Mask::STACK_MODE).then_some(stack_mode),
            },
        });
        Ok(())
    }

    fn property(&self, batch: &mut Batch, window: u32, atom: u32, _deleted: bool) {
        let a = &self.display.atoms;
        if window == self.display.root {
            if atom == a._XROOTPMAP_ID {
                batch.chore(Chore::Background);
            } else if atom == a._NET_DESKTOP_LAYOUT || atom == a._NET_DESKTOP_NAMES {
                if batch.asked.insert((window, atom)) {
                    batch.steps.push(Step::Property { window, atom });
                }
            } else if monitors::is_resources(atom) {
                batch.chore(Chore::Resources);
            }
            return;
        }
        let wanted = match self.windows.role(window) {
            Role::Client(_) => query::is_interesting(&self.display, atom),
            Role::Unmanaged(_) => query::is_interesting_unmanaged(&self.display, atom),
            Role::UserTime(_) => atom == a._NET_WM_USER_TIME,
            _ => false,
        };
        if wanted && batch.asked.insert((window, atom)) {
            batch.steps.push(Step::Property { window, atom });
        }
    }

    fn client_message(
        &mut self,
        batch: &mut Batch,
        event: &x11rb::protocol::xproto::ClientMessageEvent,
    ) {
        let a = &self.display.atoms;
        let parts = [(a._NET_STARTUP_INFO_BEGIN, Part::First), (a._NET_STARTUP_INFO, Part::Next)];
        if let Some((_, part)) = parts.into_iter().find(|(atom, _)| *atom == event.type_)
            && event.format == 8
        {
            self.startup.message(event.window, part, &event.data.as_data8());
            return;
        }
        match messages::message(event, self.display.root, &self.display.atoms) {
            Some(Message::FrameExtents { window, .. })
                if self.windows.by_client(window).is_none() =>
            {
                if self.display.is_foreign(window.0) {
                    batch.steps.push(Step::Extents { window: window.0 });
                }
            }
            Some(message) => batch.fact(Event::Message(message)),
            None => {
                tracing::trace!(kind = event.type_, "a message that is not for us");
            }
        }
    }
}
