//! Two functions timed in alternation.
//!
//! Owns how long and how often. It must not know what is timed. The clock is
//! the thread's own: what other processes take of the processor is not counted,
//! though what they do to its caches is.

use rustix::time::{ClockId, clock_gettime};

/// How much time a comparison may take.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// Nanoseconds of one slice.
    slice: f64,
    /// Pairs of slices.
    rounds: usize,
}

impl Effort {
    /// For tables that are published.
    pub(crate) const FULL: Self = Self { slice: 4e6, rounds: 31 };
    /// For a look while working.
    pub(crate) const QUICK: Self = Self { slice: 1e6, rounds: 9 };
}

/// What came out: nanoseconds per pass over a workload.
pub(crate) struct Result {
    /// Median of the first function.
    pub(crate) stock: f64,
    /// Median of the second.
    pub(crate) ours: f64,
    /// Median over the rounds of first / second.
    pub(crate) ratio: f64,
    /// First and third quartile of that ratio.
    pub(crate) quartiles: (f64, f64),
}

/// Times both in alternation.
pub(crate) fn compare(effort: Effort, stock: &mut dyn FnMut(), ours: &mut dyn FnMut()) -> Result {
    let times = [passes(effort, stock), passes(effort, ours)];
    let mut rounds: Vec<(f64, f64)> =
        (0..effort.rounds).map(|_| (slice(stock, times[0]), slice(ours, times[1]))).collect();
    let mut sorted = |key: fn(&(f64, f64)) -> f64| {
        rounds.sort_by(|a, b| key(a).total_cmp(&key(b)));
        let at = |part: usize| key(&rounds[(rounds.len() - 1) * part / 4]);
        [at(1), at(2), at(3)]
    };
    let [_, stock, _] = sorted(|round| round.0);
    let [_, ours, _] = sorted(|round| round.1);
    let [low, ratio, high] = sorted(|round| round.0 / round.1);
    Result { stock, ours, ratio, quartiles: (low, high) }
}

/// Runs it once, where a profiler can find it by name.
#[inline(never)]
pub(crate) fn counted(run: &mut dyn FnMut()) {
    run();
}

/// Runs it for about a second.
pub(crate) fn run_for_a_second(run: &mut dyn FnMut()) {
    let start = now();
    while now() - start < 1e9 {
        run();
    }
}

/// How many passes fill a slice. Warms up on the way.
fn passes(effort: Effort, run: &mut dyn FnMut()) -> u32 {
    let mut count = 1;
    loop {
        let each = slice(run, count);
        if each * f64::from(count) >= effort.slice / 4.0 || count >= 1 << 20 {
            return ((effort.slice / each) as u32).max(1);
        }
        count *= 4;
    }
}

/// Nanoseconds per pass.
fn slice(run: &mut dyn FnMut(), passes: u32) -> f64 {
    let start = now();
    for _ in 0..passes {
        run();
    }
    (now() - start) / f64::from(passes)
}

/// Nanoseconds that this thread has run.
fn now() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}
