//! Encoders as sinks, writers of other crates in front of a stream, and files that are rotated: the real crates, and what they wrote read back.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use highwater::sinks::Lines;
use highwater::{SinkCall, SinkErrorKind, Writer};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Cursor, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use support::{Gate, Reply, within_limit};

/// A text that compresses, but not to nothing.
fn text() -> String {
    let mut text = String::new();
    for i in 0..40_000u32 {
        writeln!(text, "Line {i}: {}", i.wrapping_mul(2_654_435_761)).unwrap();
    }
    text
}

/// Ends the stream and gives its sink, as whoever only holds the sink would find it.
fn written<W: Write + Send + 'static>(mut writer: Writer<W>, text: &str) -> W {
    writer.blocking().write_all(text.as_bytes()).unwrap();
    writer.finish().wait().unwrap()
}

fn ungzipped(bytes: &[u8]) -> io::Result<String> {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).map(|_| text)
}

/// Catches a final step that is not called: without one the file has no end, which the test sees too.
#[test]
fn what_is_gzipped_can_be_unzipped() {
    within_limit(|| {
        let text = text();
        let encoder = || GzEncoder::new(Vec::new(), Compression::fast());
        let builder = Writer::builder().high_water_mark(10_000);
        let sink = written(builder.spawn_with_final(encoder(), GzEncoder::try_finish).unwrap(), &text);
        assert!(ungzipped(sink.get_ref()).unwrap() == text);
        let len = sink.get_ref().len();
        assert_eq!(sink.finish().unwrap().len(), len, "there was nothing left to write");
        let sink = written(Writer::builder().spawn(encoder()).unwrap(), &text);
        assert_eq!(ungzipped(sink.get_ref()).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    });
}

#[test]
fn what_is_compressed_by_zstd_can_be_decompressed() {
    within_limit(|| {
        let text = text();
        let encoder = || zstd::Encoder::new(Vec::new(), 1).unwrap();
        let builder = Writer::builder().high_water_mark(10_000);
        let writer = builder.spawn_with_final(encoder(), zstd::Encoder::do_finish).unwrap();
        let sink = written(writer, &text);
        assert!(zstd::decode_all(&sink.get_ref()[..]).unwrap() == text.as_bytes());
        let sink = written(Writer::builder().spawn(encoder()).unwrap(), &text);
        assert!(zstd::decode_all(&sink.get_ref()[..]).is_err(), "its last frame is open");
    });
}

/// Catches an error of the last block that is swallowed: there is room for all but the last byte of it.
#[test]
fn room_for_all_but_the_last_byte_of_a_compressed_file_is_an_error() {
    within_limit(|| {
        let text = text();
        let level = Compression::fast();
        let writer =
            Writer::builder().spawn_with_final(GzEncoder::new(Vec::new(), level), GzEncoder::try_finish);
        let len = written(writer.unwrap(), &text[..1000]).get_ref().len();
        let sink = GzEncoder::new(Cursor::new(vec![0; len - 1].into_boxed_slice()), level);
        let mut writer = Writer::builder().spawn_with_final(sink, GzEncoder::try_finish).unwrap();
        writer.blocking().write_all(&text.as_bytes()[..1000]).unwrap();
        let (error, _sink, unwritten) = writer.finish().wait().unwrap_err().into_parts();
        assert_eq!((error.kind(), error.call()), (SinkErrorKind::Failed, SinkCall::Final));
        assert_eq!(error.io_error().kind(), ErrorKind::WriteZero);
        assert!(unwritten.is_empty(), "the encoder took all of it");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_compressed_file_on_a_full_disk_is_an_error() {
    within_limit(|| {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let sink = GzEncoder::new(full, Compression::fast());
        let mut writer = Writer::builder().spawn_with_final(sink, GzEncoder::try_finish).unwrap();
        writer.blocking().write_all(b"which fits into the encoder").unwrap();
        let error = writer.finish().wait().unwrap_err();
        assert_eq!(error.error().io_error().kind(), ErrorKind::StorageFull);
        assert_eq!(error.error().call(), SinkCall::Write, "already of the header");
    });
}

#[derive(Debug, PartialEq)]
struct Row(u32, String);

fn rows() -> impl Iterator<Item = Row> {
    (0..3000).map(|i| Row(i, format!("a \"quoted\", long\ntext {i}")))
}

/// Each in front of a buffer that is smaller than one of its records.
#[test]
fn writers_of_other_crates_write_into_a_stream() {
    within_limit(|| {
        let stream = || Writer::builder().high_water_mark(7).capacity(9).spawn(Vec::new()).unwrap();
        let mut writer = stream();
        {
            let mut csv = csv::Writer::from_writer(writer.blocking());
            for Row(number, text) in rows() {
                csv.write_record([&number.to_string(), &text]).unwrap();
            }
            csv.flush().unwrap();
        }
        let bytes = writer.finish().wait().unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
        let read = reader.records().map(|record| record.unwrap());
        let read = read.map(|record| Row(record[0].parse().unwrap(), record[1].to_owned()));
        assert!(read.eq(rows()));

        let mut writer = stream();
        let value: Vec<_> = rows().map(|Row(number, text)| serde_json::json!([number, text])).collect();
        serde_json::to_writer_pretty(writer.blocking(), &value).unwrap();
        let bytes = writer.finish().wait().unwrap();
        assert_eq!(serde_json::from_slice::<Vec<serde_json::Value>>(&bytes).unwrap(), value);

        let mut writer = stream();
        let mut gzip = GzEncoder::new(writer.blocking(), Compression::fast());
        for Row(number, text) in rows() {
            writeln!(gzip, "{number:>5} {text:?}").unwrap();
        }
        gzip.finish().unwrap();
        let mut expected = String::new();
        for Row(number, text) in rows() {
            writeln!(expected, "{number:>5} {text:?}").unwrap();
        }
        assert!(ungzipped(&writer.finish().wait().unwrap()).unwrap() == expected);
    });
}

/// Catches an adaptor whose error loses its kind on the way through them.
#[test]
fn writers_of_other_crates_are_told_of_the_sinks_error() {
    within_limit(|| {
        let failing = || {
            let (gate, sink) = Gate::new();
            gate.reply(Reply::Error(ErrorKind::StorageFull));
            Writer::builder().high_water_mark(1).spawn(sink).unwrap()
        };
        let mut writer = failing();
        let mut csv = csv::Writer::from_writer(writer.blocking());
        let error = csv.write_record(["a"]).map_err(io::Error::from).and_then(|()| csv.flush()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        let mut writer = failing();
        let error = serde_json::to_writer(writer.blocking(), &[1, 2, 3]).unwrap_err();
        assert_eq!(error.io_error_kind(), Some(ErrorKind::StorageFull));
        let mut writer = failing();
        let mut gzip = GzEncoder::new(writer.blocking(), Compression::fast());
        let error = gzip.write_all(b"text").and_then(|()| gzip.flush()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    });
}

/// A folder that is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("highwater-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Every file of it.
    fn files(&self) -> Vec<String> {
        let path = |entry: io::Result<fs::DirEntry>| entry.unwrap().path();
        fs::read_dir(&self.0).unwrap().map(path).map(|path| fs::read_to_string(path).unwrap()).collect()
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn lines_of(files: &[String]) -> Vec<&str> {
    let mut lines: Vec<_> = files.iter().flat_map(|file| file.lines()).collect();
    lines.sort_unstable();
    lines
}

/// Catches files that are cut in the middle of a line, which they are without `Lines`, and lines that are lost as a file is changed for another.
#[test]
fn files_rotated_by_size_hold_every_line_once_and_whole() {
    within_limit(|| {
        let folder = Folder::new("by-size");
        let size = logroller::Rotation::SizeBased(logroller::RotationSize::Bytes(20_000));
        let roller = logroller::LogRollerBuilder::new(folder.as_ref(), Path::new("log")).rotation(size);
        let roller = Lines::new(roller.build().unwrap());
        let mut writer = Writer::builder().high_water_mark(5000).spawn(roller).unwrap();
        let expected: Vec<_> = (0..10_000).map(|i| format!("line {i:05}")).collect();
        for line in &expected {
            writeln!(writer.blocking(), "{line}").unwrap();
        }
        drop(writer.finish().wait().unwrap()); // waits for the files it shifts
        let files = folder.files();
        assert!(files.len() > 3, "it was rotated: {}", files.len());
        let lines = lines_of(&files);
        assert!(lines == expected);
        assert!(files.iter().all(|file| file.ends_with('\n')), "no line is cut");
    });
}

#[test]
fn files_rotated_by_time_hold_every_line() {
    within_limit(|| {
        let folder = Folder::new("by-time");
        let roller = tracing_appender::rolling::minutely(&folder, "log");
        let mut writer = Writer::builder().high_water_mark(5000).spawn(Lines::new(roller)).unwrap();
        let expected: Vec<_> = (0..10_000).map(|i| format!("line {i:05}")).collect();
        for line in &expected {
            writeln!(writer.blocking(), "{line}").unwrap();
        }
        writer.finish().wait().unwrap();
        assert!(lines_of(&folder.files()) == expected);
    });
}
