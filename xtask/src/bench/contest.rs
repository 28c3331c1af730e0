//! Who takes part: Trapeze on each backend, rivals, and nobody at all.

use anyhow::{Result, bail};
use trapeze_testkit::{Server, WindowManager, sandbox};

/// A way to manage and composite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contestant {
    /// The server alone: what drawing itself costs.
    Bare,
    /// Openbox, with picom compositing by Render.
    OpenboxPicom,
    /// xfwm4 with its own compositor.
    Xfwm4,
    /// Trapeze composing by Render.
    TrapezeXrender,
    /// Trapeze composing by OpenGL.
    TrapezeGlx,
}

impl Contestant {
    /// All, in the order of the table.
    pub(crate) const ALL: [Self; 5] =
        [Self::Bare, Self::OpenboxPicom, Self::Xfwm4, Self::TrapezeXrender, Self::TrapezeGlx];

    /// What the table calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::OpenboxPicom => "openbox+picom",
            Self::Xfwm4 => "xfwm4",
            Self::TrapezeXrender => "trapeze-xrender",
            Self::TrapezeGlx => "trapeze-glx",
        }
    }

    /// The one of this name.
    pub(crate) fn named(name: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|contestant| contestant.name() == name) {
            Some(contestant) => Ok(contestant),
            None => bail!("no contestant {name:?}; there are {:?}", Self::ALL.map(Self::name)),
        }
    }

    /// Whether it is ours.
    pub(crate) fn is_trapeze(self) -> bool {
        matches!(self, Self::TrapezeXrender | Self::TrapezeGlx)
    }

    /// Whether it is someone else's.
    pub(crate) fn is_rival(self) -> bool {
        matches!(self, Self::OpenboxPicom | Self::Xfwm4)
    }

    /// Whether it manages windows.
    pub(crate) fn manages(self) -> bool {
        self != Self::Bare
    }

    /// Starts its programs on a server.
    pub(crate) fn start(self, server: &Server) -> Result<Vec<WindowManager>> {
        let trapeze = |backend: &str| {
            let program = sandbox::target_directory().join("release/trapeze");
            WindowManager::trapeze(server)
                .program(program)
                .argument("--backend")
                .argument(backend)
                .start()
        };
        Ok(match self {
            Self::Bare => Vec::new(),
            Self::OpenboxPicom => {
                let openbox = WindowManager::openbox(server).start()?;
                let picom =
                    WindowManager::picom(server).argument("--backend=xrender").argument("-c");
                vec![openbox, picom.start()?]
            }
            Self::Xfwm4 => vec![WindowManager::xfwm4(server).start()?],
            Self::TrapezeXrender => vec![trapeze("xrender")?],
            Self::TrapezeGlx => vec![trapeze("glx")?],
        })
    }
}
