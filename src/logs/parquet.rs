//! Parquet files as tables: a row a record, a column of single values a cell.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ::parquet::errors::{ParquetError, Result as ParquetResult};
use ::parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use ::parquet::record::Field;
use ::parquet::record::reader::{ReaderIter, TreeBuilder};
use ::parquet::schema::types::{SchemaDescPtr, SchemaDescriptor, Type};
use bytes::Bytes;

use super::opening::io;
use super::record::Record;
use crate::error::RunsError;

/// A stream is held whole up to this size; a file is not.
const LARGEST: u64 = 1 << 30;

/// Rows from which on their number is held against the bytes, and rows a byte at which the file is refused.
const ALLOWED: u64 = 1 << 20;
const RATIO: u64 = 200;

/// Values of a column decoded at a time.
const BATCH: usize = 1024;

/// The rows of a Parquet file, read part by part. Columns of lists, maps and structures are passed over.
pub(super) struct ParquetTable<'a> {
    file: SerializedFileReader<Content>,
    /// The columns that are read.
    schema: SchemaDescPtr,
    has_names: bool,
    groups_read: usize,
    rows: Option<ReaderIter>,
    row: u64,
    path: &'a str,
}

/// Whether an open file begins as Parquet. Pipes, which cannot be wound back, are left alone.
pub(super) fn is_parquet(mut file: &File) -> bool {
    if !file.metadata().is_ok_and(|data| data.is_file()) {
        return false;
    }
    let mut head = [0; 4];
    let begins = file.read_exact(&mut head).is_ok() && head == ParquetTable::MAGIC;
    file.rewind().is_ok() && begins
}

impl<'a> ParquetTable<'a> {
    pub const MAGIC: [u8; 4] = *b"PAR1";

    /// # Errors
    /// [`RunsError::Io`] for a broken file, [`RunsError::NotATable`] for one without columns of single values.
    pub fn of_file(file: File, path: &'a str) -> Result<Self, RunsError> {
        Self::new(Content::File(file), path)
    }

    /// # Errors
    /// As [`of_file`](Self::of_file), and [`RunsError::NotATable`] for a stream that is too long.
    pub fn of_stream(input: impl Read, path: &'a str) -> Result<Self, RunsError> {
        let mut bytes = Vec::new();
        input.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| io(path, &error))?;
        if bytes.len() as u64 > LARGEST {
            let reason = "it is Parquet in a stream of more than 1 GiB: give it as a file, unpacked".into();
            return Err(RunsError::NotATable { path: path.into(), reason });
        }
        Self::new(Content::Memory(bytes.into()), path)
    }

    fn new(content: Content, path: &'a str) -> Result<Self, RunsError> {
        let length = content.len();
        let file = guarded(|| SerializedFileReader::new(content)).map_err(|error| broken(path, &error))?;
        let not_a_table = |reason: String| RunsError::NotATable { path: path.into(), reason };
        let columns = file.metadata().row_groups().iter().flat_map(|group| group.columns());
        let places = columns.flat_map(|column| {
            [Some(column.data_page_offset()), column.dictionary_page_offset(), Some(column.compressed_size())]
        });
        // The decoder takes these for given.
        if places.flatten().any(|place| place < 0) {
            return Err(broken(path, &ParquetError::General("a column lies before the file".into())));
        }
        let rows = file.metadata().row_groups().iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(u64::MAX));
        let rows = rows.fold(0, u64::saturating_add);
        if rows > ALLOWED && rows / RATIO > length {
            return Err(not_a_table(format!("it claims {rows} rows in {length} bytes: a decompression bomb")));
        }
        let root = file.metadata().file_metadata().schema();
        let single = |field: &&Arc<Type>| {
            field.is_primitive()
                && field.get_basic_info().has_repetition()
                && field.get_basic_info().repetition() != ::parquet::basic::Repetition::REPEATED
        };
        let kept: Vec<Arc<Type>> = root.get_fields().iter().filter(single).cloned().collect();
        if kept.is_empty() {
            return Err(not_a_table("it is Parquet without a column of single values".into()));
        }
        let root = Type::group_type_builder(root.name()).with_fields(kept).build();
        let schema = Arc::new(SchemaDescriptor::new(Arc::new(root.map_err(|error| broken(path, &error))?)));
        Ok(Self { file, schema, has_names: false, groups_read: 0, rows: None, row: 0, path })
    }

    /// The row just read, from 1.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// The names of the columns, then one row at a time; no value is an empty cell.
    ///
    /// # Errors
    /// [`RunsError::Io`] where the file breaks off or is damaged.
    pub fn next(&mut self, record: &mut Record) -> Result<bool, RunsError> {
        record.clear();
        if !self.has_names {
            self.has_names = true;
            self.schema.root_schema().get_fields().iter().for_each(|field| record.push(field.name().as_bytes()));
            return Ok(true);
        }
        let path = self.path;
        let row = guarded(|| {
            loop {
                if let Some(row) = self.rows.as_mut().and_then(Iterator::next) {
                    return row.map(Some);
                }
                if self.groups_read == self.file.num_row_groups() {
                    return Ok(None);
                }
                let group = self.file.get_row_group(self.groups_read)?;
                self.groups_read += 1;
                // A group without rows has no pages to begin with.
                if group.metadata().num_rows() > 0 {
                    self.rows = Some(TreeBuilder::new().with_batch_size(BATCH).as_iter(self.schema.clone(), &*group)?);
                }
            }
        });
        let Some(row) = row.map_err(|error| broken(path, &error))? else { return Ok(false) };
        self.row += 1;
        for (_, field) in row.get_column_iter() {
            match field {
                Field::Null => record.push(b""),
                Field::Str(text) => record.push(text.as_bytes()),
                Field::Bytes(bytes) => record.push(bytes.data()),
                // Not every point in time has a date.
                Field::Date(number) | Field::TimeMillis(number) => record.push(number.to_string().as_bytes()),
                Field::TimeMicros(number) | Field::TimestampMillis(number) | Field::TimestampMicros(number) => {
                    record.push(number.to_string().as_bytes())
                }
                // The shortest text that is read back as this number; decimals exactly.
                number => record.push(number.to_string().as_bytes()),
            }
        }
        Ok(true)
    }
}

fn broken(path: &str, error: &ParquetError) -> RunsError {
    let reason = format!("it begins as Parquet and breaks off or is damaged: {error}");
    RunsError::Io { path: path.into(), reason }
}

/// What the decoder gives, with its panics as errors: it takes some damage for granted never to be there.
fn guarded<T>(decode: impl FnOnce() -> ParquetResult<T>) -> ParquetResult<T> {
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(ParquetError::General("it contradicts itself".into())))
}

/// The bytes of a file. Nothing beyond its end is asked for, whatever places it names.
enum Content {
    File(File),
    Memory(Bytes),
}

impl Length for Content {
    fn len(&self) -> u64 {
        match self {
            Self::File(file) => Length::len(file),
            Self::Memory(bytes) => Length::len(bytes),
        }
    }
}

impl ChunkReader for Content {
    type T = Box<dyn Read>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(match self {
            Self::File(file) => {
                let reader: BufReader<File> = file.get_read(start)?;
                Box::new(reader)
            }
            Self::Memory(bytes) => Box::new(ChunkReader::get_read(bytes, start)?),
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.len()) {
            return Err(ParquetError::EOF(format!("it names {length} bytes from byte {start} on")));
        }
        match self {
            Self::File(file) => file.get_bytes(start, length),
            Self::Memory(bytes) => bytes.get_bytes(start, length),
        }
    }
}
