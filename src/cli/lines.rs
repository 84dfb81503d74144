//! Lines of bounded length: however long a line is, no more of it is kept than may be used.

use std::io::{self, BufRead, ErrorKind};

/// One line that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number, counted from 1, blank lines included.
    pub(super) number: u64,
    /// Its text without the line end; `None` where it is too long.
    pub(super) text: Option<Vec<u8>>,
    /// How many bytes of the input end with it.
    pub(super) end: u64,
}

/// The lines of an input.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    limit_bytes: usize,
    number: u64,
    end: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of this input; of one longer than `limit_bytes` nothing is kept.
    pub(super) fn new(input: R, limit_bytes: usize) -> Self {
        Self { input, limit_bytes, number: 0, end: 0 }
    }

    /// The next line and whether it is blank, `None` at the end.
    fn any_line(&mut self) -> io::Result<Option<Line>> {
        let mut text = Some(Vec::new());
        let began = self.end;
        loop {
            let available = match self.input.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                other => other?,
            };
            let ended = available.iter().position(|byte| *byte == b'\n');
            let (part, _) = available.split_at(ended.unwrap_or(available.len()));
            if let Some(kept) = &mut text {
                kept.extend_from_slice(part);
                text = text.filter(|kept| kept.len() <= self.limit_bytes);
            }
            let used = part.len() + usize::from(ended.is_some());
            self.input.consume(used);
            self.end += used as u64;
            if ended.is_some() || used == 0 {
                break;
            }
        }
        if self.end == began {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(Line { number: self.number, text, end: self.end }))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.any_line().transpose()? {
                Ok(line) if line.text.as_ref().is_some_and(|text| text.trim_ascii().is_empty()) => {}
                other => return Some(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn lines(text: &str, buffer: usize) -> Vec<(u64, Option<String>, u64)> {
        let read = Lines::new(BufReader::with_capacity(buffer, text.as_bytes()), 5).map(Result::unwrap);
        read.map(|line| (line.number, line.text.map(|text| String::from_utf8(text).unwrap()), line.end)).collect()
    }

    #[test]
    fn lines_are_numbered_blank_ones_skipped_and_long_ones_not_kept() {
        let text = "one\n\n  \r\ntwo\r\n123456\n12345\nlast";
        let expected = vec![
            (1, Some("one".to_owned()), 4),
            (4, Some("two\r".to_owned()), 14),
            (5, None, 21),
            (6, Some("12345".to_owned()), 27),
            (7, Some("last".to_owned()), 31),
        ];
        for buffer in 1..40 {
            assert_eq!(lines(text, buffer), expected, "with a buffer of {buffer} bytes");
        }
        assert!(lines("", 8).is_empty() && lines("\n\n", 8).is_empty());
    }
}
