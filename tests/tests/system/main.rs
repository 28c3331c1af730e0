//! Trapeze as every other X client sees it, on private servers.
//!
//! One binary, a module per subject. `TRAPEZE_TEST_WM=openbox` runs the same tests against
//! openbox, which shows whether a failure is the test's: what only Trapeze promises fails there.

mod adopt;
mod announce;
mod bypass;
mod churn;
mod close;
mod colormaps;
mod configure;
mod desk;
mod displays;
mod extents;
mod fallback;
mod focus;
mod focus_models;
mod games;
mod groups;
mod gtk;
mod hands;
mod hostile;
mod hung;
mod icons;
mod keyboard;
mod launch;
mod life;
mod manage;
mod monitors;
mod moveresize;
mod net_state;
mod pace;
mod pictures;
mod pointer_focus;
mod programs;
mod recording;
mod replace;
mod resize;
mod session;
mod sizes;
mod stacking;
mod startx;
mod states;
mod struts;
mod switcher;
mod toolkits;
mod types;
mod workspaces;
