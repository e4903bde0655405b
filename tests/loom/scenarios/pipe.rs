//! A reader moved through a stream that may be given up meanwhile.

use super::Scenario;
use crate::stage::Stage;
use highwater_loom::{PipeErrorCause, WaitError};
use highwater_model::contract::{Answer, Call};
use highwater_model::record::{Op, Ret};
use loom::thread;
use std::io::{self, Read};

pub(super) const ALL: &[Scenario] = &[Scenario {
    name: "pipe_against_destroy",
    sees: &["write .. write .. Pause .. destroy", "destroy .. /r Destroyed", "sink .. destroy .. sink/r"],
    run: |stage| {
        let stream = stage.stream(&[]);
        let owner = stream.for_producer(1);
        let destroys = thread::spawn(move || owner.destroy());
        let mut reader = Chunks { stage: stage.clone(), left: 2, open: None };
        match stream.writer().pipe_from(&mut reader) {
            Ok(len) => assert_eq!((len, reader.open), (4, None)),
            Err(error) => {
                assert!(matches!(error.cause(), PipeErrorCause::Stream(WaitError::Destroyed)), "{error}");
                let (q, bytes) = reader.open.expect("what was not accepted was read");
                assert_eq!(error.unaccepted(), bytes);
                stage.recorder.end(q, Ret::Wrote(Answer::Destroyed));
            }
        }
        destroys.join().expect("it does not panic");
        assert_eq!(stream.closed().wait(), Err(WaitError::Destroyed));
        let _ = stage.recovered(&stream);
    },
    ..Scenario::SMALL
}];

/// A reader of a few chunks. Each counts as being written from when it is read until the next is asked for; being as long as the high-water mark, it is
/// answered `Pause`.
struct Chunks {
    stage: Stage,
    left: usize,
    open: Option<(u64, Vec<u8>)>,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some((q, _)) = self.open.take() {
            self.stage.recorder.end(q, Ret::Wrote(Answer::Pause));
        }
        if self.left == 0 {
            return Ok(0);
        }
        self.left -= 1;
        let (seq, bytes) = self.stage.recorder.chunk(0, 2);
        buffer[..bytes.len()].copy_from_slice(&bytes);
        let q = self.stage.recorder.begin(Op::Call(Call::Write { producer: 0, seq, len: bytes.len() }));
        let len = bytes.len();
        self.open = Some((q, bytes));
        Ok(len)
    }
}
