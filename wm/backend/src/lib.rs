//! Painting a frame plan: GLX, XRender, or the CPU recording backend.
