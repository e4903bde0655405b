//! A stream into object storage: what the recipe of `docs/cookbook_tokio.md` says of uploads that succeed, stall, fail and are given up.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use futures_util::stream::BoxStream;
use highwater::{Builder, Driver, OnDrop, SinkCall, SinkErrorKind, Writer};
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::within_limit;
use tokio::sync::Semaphore;

/// Bytes of a part, and how many of them may be under way at once.
const PART: usize = 10_000;
const AT_ONCE: usize = 2;
const CAPACITY: usize = 16_000;

/// What the store was asked to do, and what lets it.
#[derive(Debug)]
struct Uploads {
    permits: Semaphore,
    /// The number of the part that fails, from 1; 0 is none.
    failing: usize,
    parts: AtomicUsize,
    under_way: AtomicUsize,
    under_way_max: AtomicUsize,
    aborted: AtomicUsize,
}

/// A store in memory whose uploads are seen, stall until they are let go on, and fail.
#[derive(Debug)]
struct Watched(InMemory, Arc<Uploads>);

#[derive(Debug)]
struct WatchedUpload(Box<dyn MultipartUpload>, Arc<Uploads>);

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("watched")
    }
}

#[async_trait::async_trait]
impl MultipartUpload for WatchedUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let uploads = Arc::clone(&self.1);
        let now =
            uploads.under_way.fetch_add(data.content_length(), Ordering::SeqCst) + data.content_length();
        uploads.under_way_max.fetch_max(now, Ordering::SeqCst);
        let number = uploads.parts.fetch_add(1, Ordering::SeqCst) + 1;
        let (len, put) = (data.content_length(), self.0.put_part(data));
        Box::pin(async move {
            uploads.permits.acquire().await.unwrap().forget();
            uploads.under_way.fetch_sub(len, Ordering::SeqCst);
            if number == uploads.failing {
                let source = io::Error::other("the store is down").into();
                return Err(object_store::Error::Generic { store: "watched", source });
            }
            put.await
        })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.0.complete().await
    }

    async fn abort(&mut self) -> Result<()> {
        self.1.aborted.fetch_add(1, Ordering::SeqCst);
        self.0.abort().await
    }
}

#[async_trait::async_trait]
impl ObjectStore for Watched {
    async fn put_opts(&self, to: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.0.put_opts(to, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        to: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let upload = self.0.put_multipart_opts(to, options).await?;
        Ok(Box::new(WatchedUpload(upload, Arc::clone(&self.1))))
    }

    async fn get_opts(&self, from: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.get_opts(from, options).await
    }

    fn delete_stream(&self, all: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(all)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await
    }
}

fn watched(permits: usize, failing: usize) -> (Arc<Watched>, Arc<Uploads>) {
    let uploads = Arc::new(Uploads {
        permits: Semaphore::new(permits),
        failing,
        parts: AtomicUsize::new(0),
        under_way: AtomicUsize::new(0),
        under_way_max: AtomicUsize::new(0),
        aborted: AtomicUsize::new(0),
    });
    (Arc::new(Watched(InMemory::new(), Arc::clone(&uploads))), uploads)
}

fn name() -> Path {
    Path::from("logs/today")
}

fn marks() -> Builder {
    Writer::builder().capacity(CAPACITY).on_drop(OnDrop::Discard)
}

/// A stream into the object [`name`] of the store.
fn upload<T: ObjectStore>(store: &Arc<T>, builder: Builder) -> (Writer<BufWriter>, Driver<BufWriter>) {
    let store: Arc<dyn ObjectStore> = Arc::clone(store) as _;
    let sink = BufWriter::with_capacity(store, name(), PART).with_max_concurrency(AT_ONCE);
    builder.drive(sink).unwrap()
}

async fn content(store: &dyn ObjectStore) -> Option<Vec<u8>> {
    let found = store.get(&name()).await.ok()?;
    Some(found.bytes().await.unwrap().to_vec())
}

fn pattern(len: usize) -> Vec<u8> {
    (0..=250).cycle().take(len).collect()
}

/// Writes as a polite producer does, until the stream is over.
async fn write_all(writer: &mut Writer<BufWriter>, bytes: &[u8]) -> bool {
    for chunk in bytes.chunks(777) {
        match writer.write(chunk) {
            Ok(flow) if flow.is_continue() => {}
            Ok(_pause) if writer.drained().await.is_ok() => {}
            _ => return false,
        }
    }
    true
}

fn run(test: impl Future<Output = ()> + Send + 'static) {
    within_limit(move || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
            .block_on(test);
    });
}

async fn arrives<T: ObjectStore>(store: Arc<T>) {
    for len in [0, 1, PART - 1, PART, PART + 1, 50 * PART + 7] {
        let (mut writer, driver) = upload(&store, marks());
        let driver = tokio::spawn(driver);
        assert!(write_all(&mut writer, &pattern(len)).await);
        writer.finish().await.unwrap();
        driver.await.unwrap().unwrap();
        assert!(content(&*store).await.unwrap() == pattern(len), "{len} bytes");
    }
}

/// Catches a driver that finishes without the shutdown in which the last part is put and the upload completed.
#[test]
fn every_byte_is_in_the_object_once_the_stream_has_finished() {
    run(arrives(Arc::new(InMemory::new())));
    run(async {
        let folder = std::env::temp_dir().join(format!("highwater-objects-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        arrives(Arc::new(LocalFileSystem::new_with_prefix(&folder).unwrap())).await;
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

/// Catches a recipe whose producer can outrun a store that stands still: what is accepted is what the stream may buffer, what the parts under way hold, and one call's bytes.
#[test]
fn a_store_that_stands_still_pauses_the_producer_and_memory_stays_bounded() {
    run(async {
        let (store, uploads) = watched(0, 0);
        let (mut writer, driver) = upload(&store, marks());
        tokio::spawn(driver);
        let bytes = pattern(100 * PART);
        let mut accepted = 0;
        for chunk in bytes.chunks(777) {
            let flow = writer.write(chunk).unwrap();
            accepted += chunk.len();
            let drained = tokio::time::timeout(Duration::from_millis(200), writer.drained());
            if flow.is_pause() && drained.await.is_err() {
                break;
            }
        }
        assert!(accepted < bytes.len(), "nothing held the producer back");
        assert!(accepted <= 2 * CAPACITY + (AT_ONCE + 1) * PART, "{accepted} bytes were accepted");
        while uploads.under_way.load(Ordering::SeqCst) < PART {
            tokio::time::sleep(Duration::from_millis(1)).await; // the driver's turn may be late
        }

        uploads.permits.add_permits(1000);
        writer.drained().await.unwrap();
        assert!(write_all(&mut writer, &bytes[accepted..]).await);
        writer.finish().await.unwrap();
        assert!(content(&*store).await.unwrap() == bytes);
        let max = uploads.under_way_max.load(Ordering::SeqCst);
        assert!(max <= CAPACITY + (AT_ONCE + 1) * PART, "{max} bytes were under way");
    });
}

/// Catches a failed part that nobody hears of, and an upload that stays behind though the recipe aborts it.
#[test]
fn a_part_that_fails_fails_the_stream_and_the_upload_is_aborted() {
    run(async {
        // Met by a write, and met only by the shutdown, in which the store's writer aborts by itself.
        for (failing, len, call) in [(2, 30 * PART, SinkCall::Write), (2, 2 * PART, SinkCall::Final)] {
            let (store, uploads) = watched(1000, failing);
            let (mut writer, driver) = upload(&store, marks());
            let driver = tokio::spawn(driver);
            assert_eq!(write_all(&mut writer, &pattern(len)).await, call == SinkCall::Final);
            let (error, mut sink, _unwritten) = writer.finish().await.unwrap_err().into_parts();
            assert_eq!((error.kind(), error.call()), (SinkErrorKind::Failed, call));
            assert!(error.to_string().contains("the store is down"), "{error}");
            assert_eq!(driver.await.unwrap(), Err(error));
            if call != SinkCall::Final {
                assert_eq!(
                    uploads.aborted.load(Ordering::SeqCst),
                    0,
                    "the writer of the store does it itself"
                );
                sink.abort().await.unwrap();
            }
            assert_eq!(uploads.aborted.load(Ordering::SeqCst), 1);
            assert_eq!(content(&*store).await, None);
        }
    });
}

/// Catches a destroy that completes the upload, or that keeps the owner from aborting it.
#[test]
fn a_stream_that_is_destroyed_leaves_an_upload_that_its_owner_aborts() {
    run(async {
        let (store, uploads) = watched(1000, 0);
        let (mut writer, driver) = upload(&store, marks());
        let driver = tokio::spawn(driver);
        assert!(write_all(&mut writer, &pattern(5 * PART)).await);
        let mut sink = writer.destroy().sink;
        driver.await.unwrap().unwrap();
        assert_eq!(uploads.aborted.load(Ordering::SeqCst), 0, "the page says that nobody else aborts it");
        sink.abort().await.unwrap();
        assert_eq!(uploads.aborted.load(Ordering::SeqCst), 1);
        assert_eq!(content(&*store).await, None);
    });
}

/// What a producer that returns early leaves: by default, the half of an object under the name of the whole.
#[test]
fn a_dropped_writer_publishes_what_it_has_unless_it_discards() {
    run(async {
        for on_drop in [OnDrop::Finish, OnDrop::Discard] {
            let (store, uploads) = watched(1000, 0);
            let (mut writer, driver) = upload(&store, marks().on_drop(on_drop));
            let driver = tokio::spawn(driver);
            assert!(write_all(&mut writer, &pattern(5 * PART)).await);
            drop(writer);
            driver.await.unwrap().unwrap();
            let published = content(&*store).await.map(|bytes| bytes.len());
            assert_eq!(published, (on_drop == OnDrop::Finish).then_some(5 * PART));
            assert_eq!(uploads.aborted.load(Ordering::SeqCst), 0);
        }
    });
}
