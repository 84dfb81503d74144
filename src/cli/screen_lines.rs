//! `kneadsafe screen` over many requests, one a line (NDJSON): on all processors, in the order of the lines, and with no more in
//! memory than the lines at work, however many there are.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};

use crate::api::{LINE_LIMIT_BYTES, LineScreener, ScreenedLine};
use crate::model::Language;
use crate::ruleset::Ruleset;

use super::lines::{Line, Lines};
use super::screen::{sentence, today};
use super::{CliError, Exit, output};

/// How many lines wait for each processor, at most.
const WAITING: usize = 4;

/// A line to be screened, and where its answer is awaited.
struct Job {
    line: Line,
    answer: SyncSender<Result<ScreenedLine, serde_json::Error>>,
}

/// What comes next in the output.
enum Next {
    /// The answer to a line, which ends after so many bytes of the input.
    Line { number: u64, end: u64, answer: Receiver<Result<ScreenedLine, serde_json::Error>> },
    /// The input could not be read on.
    Unreadable(io::Error),
}

/// Screens every line of a file or of standard input, and prints an answer for each.
pub(super) fn run(file: Option<&Path>, ruleset: &Arc<Ruleset>, language: Language) -> Result<Exit, CliError> {
    let screener = match LineScreener::new(Arc::clone(ruleset), language) {
        Ok(screener) => Arc::new(screener),
        Err(faults) => {
            for fault in &faults {
                output::complain(sentence(fault));
            }
            return Ok(Exit::Failed);
        }
    };
    let Some(path) = file else {
        let name = "standard input".to_owned();
        return write(&begin(BufReader::new(io::stdin()), &screener), &progress(None), name);
    };
    let name = path.display().to_string();
    let opened = File::open(path).map_err(CliError::access(name.clone()))?;
    let bytes = opened.metadata().ok().filter(std::fs::Metadata::is_file).map(|about| about.len());
    write(&begin(BufReader::new(opened), &screener), &progress(bytes), name)
}

/// Starts reading and screening; the answers come in the order of the lines.
///
/// The threads are left alone: they end with the input, or once nobody takes the answers.
fn begin(input: impl BufRead + Send + 'static, screener: &Arc<LineScreener>) -> Receiver<Next> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let (jobs, work) = sync_channel::<Job>(WAITING * processors);
    let (order, answers) = sync_channel(WAITING * processors);
    thread::spawn(move || read(input, &jobs, &order));
    let work = Arc::new(Mutex::new(work));
    for _ in 0..processors {
        let (work, screener) = (Arc::clone(&work), Arc::clone(screener));
        thread::spawn(move || {
            loop {
                let job = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(Job { line, answer }) = job else { return };
                // Where nobody awaits it, the output is closed.
                let _ = answer.send(screener.screen(line.number, line.text, today()));
            }
        });
    }
    answers
}

/// Hands out the lines, each with a place in the order; ends where nobody takes them.
fn read(input: impl BufRead, jobs: &SyncSender<Job>, order: &SyncSender<Next>) {
    for line in Lines::new(input, LINE_LIMIT_BYTES) {
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                let _ = order.send(Next::Unreadable(error));
                return;
            }
        };
        let (answer, awaited) = sync_channel(1);
        let next = Next::Line { number: line.number, end: line.end, answer: awaited };
        if order.send(next).is_err() || jobs.send(Job { line, answer }).is_err() {
            return;
        }
    }
}

/// Prints the answers as they come, and complains of each line that could not be screened.
fn write(answers: &Receiver<Next>, progress: &ProgressBar, input: String) -> Result<Exit, CliError> {
    let mut failed: u64 = 0;
    while let Ok(next) = answers.recv() {
        let (number, end, answer) = match next {
            Next::Line { number, end, answer } => (number, end, answer),
            Next::Unreadable(source) => return Err(CliError::Access { what: input, source }),
        };
        let ScreenedLine { json, faults } = answer.recv().map_err(|_| CliError::Unfinished { line: number })??;
        failed += u64::from(!faults.is_empty());
        progress.suspend(|| {
            for fault in &faults {
                output::complain(format!("line {number}: {}", sentence(fault)));
            }
        });
        if !output::offer(json)? {
            break;
        }
        progress.set_position(if progress.length().is_some() { end } else { number });
    }
    progress.finish_and_clear();
    if failed == 0 {
        return Ok(Exit::Done);
    }
    let lines = if failed == 1 { "line" } else { "lines" };
    output::complain(format!("{failed} {lines} could not be screened"));
    Ok(Exit::Found)
}

/// Shows a person how far it is; where the answers go to the same terminal, they show it themselves.
fn progress(bytes: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() || io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match bytes {
        Some(bytes) => (ProgressBar::new(bytes), "{wide_bar} {percent}%, {eta} left"),
        None => (ProgressBar::new_spinner(), "{spinner} {human_pos} lines, {per_sec}"),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::ruleset::Rulesets;

    /// Lines without end, which know how many of them were taken.
    struct Endless(Arc<AtomicU64>);

    impl io::Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.fetch_add(1, Ordering::SeqCst);
            let line = b"{}\n";
            buffer[..line.len()].copy_from_slice(line);
            Ok(line.len())
        }
    }

    #[test]
    fn of_lines_without_end_only_those_at_work_are_taken() {
        let ruleset = Arc::clone(Rulesets::embedded().unwrap().find("latest").unwrap());
        let screener = Arc::new(LineScreener::new(ruleset, Language::En).unwrap());
        let taken = Arc::new(AtomicU64::new(0));
        let answers = begin(BufReader::new(Endless(Arc::clone(&taken))), &screener);
        let processors = thread::available_parallelism().unwrap().get() as u64;
        for expected in 1..=50 {
            let Next::Line { number, end, answer } = answers.recv().unwrap() else { panic!("the input can be read") };
            assert_eq!((number, end), (expected, 3 * expected));
            assert_eq!(answer.recv().unwrap().unwrap().faults.len(), 3);
            // Those whose answers wait in the order, and two that the reader has in its hands.
            let ahead = taken.load(Ordering::SeqCst) - number;
            assert!(ahead <= WAITING as u64 * processors + 2, "{ahead} lines were taken ahead");
        }
    }
}
