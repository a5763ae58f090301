//! The least that any generator must do: read the pages, and write the files of the finished site, with plain system calls.
//!
//!     rustc -O limit.rs && ./limit CONTENT SITE NEW-FOLDER
//!
//! Takes the finished site into memory first, and prints the seconds by the clock and of the processor that two threads take
//! to read every file below CONTENT, to create each folder once, and to write each file once.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let [content, site, target] = [1, 2, 3].map(|position| PathBuf::from(env::args_os().nth(position).expect("CONTENT SITE NEW-FOLDER")));
    let (mut pages, mut folders, mut files) = (Vec::new(), Vec::new(), Vec::new());
    list(&content, &mut Vec::new(), &mut pages)?;
    list(&site, &mut folders, &mut files)?;
    let place = |path: &PathBuf| target.join(path.strip_prefix(&site).expect("what is listed lies below the site"));
    let files: Vec<(PathBuf, Vec<u8>)> = files.iter().map(|file| Ok((place(file), fs::read(file)?))).collect::<io::Result<_>>()?;
    let (before, started) = (processor()?, Instant::now());
    shared(&pages, |page| fs::read(page).map(drop))?;
    fs::create_dir(&target)?;
    for folder in &folders {
        fs::create_dir(place(folder))?;
    }
    shared(&files, |(path, bytes)| fs::write(path, bytes))?;
    println!("{} {}", started.elapsed().as_secs_f64(), processor()? - before);
    Ok(())
}

/// All folders and files below a folder, each folder before what is in it.
fn list(folder: &Path, folders: &mut Vec<PathBuf>, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
            list(&entry.path(), folders, files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Does the work for every item, by two threads that each take the next sixty-four.
fn shared<T: Sync>(items: &[T], work: impl Fn(&T) -> io::Result<()> + Sync) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    let run = || {
        loop {
            let from = next.fetch_add(64, Ordering::Relaxed).min(items.len());
            if from == items.len() {
                return Ok(());
            }
            items[from..items.len().min(from + 64)].iter().try_for_each(&work)?;
        }
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(run);
        run()?;
        other.join().expect("reading and writing do not panic")
    })
}

/// The seconds of the processor that this process has had, its threads included, as Linux counts them: in hundredths.
fn processor() -> io::Result<f64> {
    let line = fs::read_to_string("/proc/self/stat")?;
    let ticks: u32 = line.rsplit(") ").next().unwrap_or("").split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    Ok(f64::from(ticks) / 100.0)
}
