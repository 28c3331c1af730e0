//! Shared object that lends raster to a stock X server.
