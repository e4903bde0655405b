//! What the output must be, line by line.

use std::io::Write;

/// The expected lines, compared with what arrives in pieces of any size.
pub(crate) struct Lines {
    /// The line being compared, its bytes, and how many of them have arrived.
    line: u64,
    expected: Vec<u8>,
    arrived: usize,
    total: u64,
}

impl Lines {
    pub(crate) fn new(lines: u64) -> Self {
        let mut this = Self { line: 0, expected: Vec::new(), arrived: 0, total: lines };
        this.expect();
        this
    }

    fn expect(&mut self) {
        self.expected.clear();
        self.arrived = 0;
        // Writing to a vector cannot fail.
        let _ = writeln!(self.expected, "Line {}", self.line);
    }

    pub(crate) fn compare(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        while !bytes.is_empty() {
            if self.line == self.total {
                return Err(format!(
                    "after the last line there are more bytes, beginning with {:?}",
                    text(bytes)
                ));
            }
            let rest = &self.expected[self.arrived..];
            let len = rest.len().min(bytes.len());
            if rest[..len] != bytes[..len] {
                return Err(format!(
                    "line {} is wrong: expected {:?}, got {:?}",
                    self.line,
                    text(rest),
                    text(bytes)
                ));
            }
            self.arrived += len;
            bytes = &bytes[len..];
            if self.arrived == self.expected.len() {
                self.line += 1;
                self.expect();
            }
        }
        Ok(())
    }

    pub(crate) fn end(&self) -> Result<(), String> {
        if self.line == self.total && self.arrived == 0 {
            Ok(())
        } else {
            Err(format!("the output ends in line {} of {}", self.line, self.total))
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned()
}
