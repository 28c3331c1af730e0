//! Render's trapezoid requests over raster, and masks made on the CPU for X clients.
