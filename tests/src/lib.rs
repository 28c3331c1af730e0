//! Private X servers, scripted clients and pixel comparison for whole-system tests.
