//! A pipe with a reader that is always there.

use std::io::{self, PipeReader, Read};
use std::thread::{Builder, JoinHandle};

use super::{AnySink, Delivery, Destination};
use crate::stream::{Stream, Witness};

/// A pipe whose other end a thread reads to its end. The clock stops when that thread has seen the last byte.
#[derive(Clone, Copy, Debug)]
pub struct Pipe;

impl Destination for Pipe {
    fn name(&self) -> &'static str {
        "pipe"
    }

    fn is_tried(&self) -> bool {
        cfg!(target_os = "linux")
    }

    fn batch_bytes_max(&self) -> u64 {
        64 << 20
    }

    fn open(&self, stream: &Stream) -> io::Result<(AnySink, Box<dyn Delivery>)> {
        let (reader, writer) = io::pipe()?;
        let witness = stream.witness();
        let thread = Builder::new().name("bench-reader".into()).spawn(move || read_all(reader, witness))?;
        Ok((Box::new(writer), Box::new(Received { thread: Some(thread), witness: None })))
    }
}

fn read_all(mut reader: PipeReader, mut witness: Witness) -> io::Result<Witness> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(witness),
            Ok(n) => witness.glance(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

struct Received {
    thread: Option<JoinHandle<io::Result<Witness>>>,
    witness: Option<Witness>,
}

impl Delivery for Received {
    fn arrive(&mut self) -> io::Result<()> {
        if let Some(thread) = self.thread.take() {
            let outcome = thread.join().map_err(|_| io::Error::other("the pipe's reader panicked"))?;
            self.witness = Some(outcome?);
        }
        Ok(())
    }

    fn verify(&mut self) -> io::Result<()> {
        self.arrive()?;
        match &self.witness {
            Some(witness) => Ok(witness.verdict()?),
            None => Err(io::Error::other("the pipe's reader failed before")),
        }
    }
}
