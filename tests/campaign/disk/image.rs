//! The disk that a record leads to, and what it may look like when the power is cut.

use super::content::Content;
use super::names::{Change, Names, Node};
use super::record::Operation;
use crate::support::chance::Chance;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What becomes of everything that was not made durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// All of it survives, as when only the process is killed.
    Kept,
    /// Nothing of it survives.
    Lost,
    /// Any part of it survives, sectors and names each for themselves.
    Torn,
    /// The same, but names keep their order, as on a file system with a journal of its own.
    Ordered,
}

#[derive(Debug, Clone)]
enum Thing {
    File(Content),
    Folder(Names),
}

/// A tree of files below one folder.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    root: PathBuf,
    things: Vec<Thing>,
    /// Which file an inode number stands for; numbers are used again for other files.
    inodes: HashMap<u64, Node>,
}

const ROOT: Node = 0;

impl Disk {
    /// A folder as it stands, all of it durable.
    pub(crate) fn of(root: &Path) -> Self {
        let mut disk = Self { root: root.to_owned(), things: Vec::new(), inodes: HashMap::new() };
        disk.take_in(root);
        disk
    }

    fn take_in(&mut self, path: &Path) -> Node {
        let node = self.add(fs::metadata(path).unwrap().ino(), Thing::File(Content::default()));
        self.things[node] = if path.is_dir() {
            let items = fs::read_dir(path).unwrap().map(|item| item.unwrap());
            let name = |item: &fs::DirEntry| item.file_name().into_string().unwrap();
            let names = items.map(|item| (name(&item), self.take_in(&item.path()))).collect();
            Thing::Folder(Names::durable(names))
        } else {
            Thing::File(Content::durable(fs::read(path).unwrap()))
        };
        node
    }

    fn add(&mut self, inode: u64, thing: Thing) -> Node {
        self.things.push(thing);
        self.inodes.insert(inode, self.things.len() - 1);
        self.things.len() - 1
    }

    /// Does what the process did.
    pub(crate) fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Create { path, inode } => {
                let node = self.add(*inode, Thing::File(Content::default()));
                self.name(path, node);
            }
            Operation::MakeFolder { path, inode } => {
                let node = self.add(*inode, Thing::Folder(Names::default()));
                self.name(path, node);
            }
            Operation::Write { inode, offset, data } => {
                self.file(*inode).write(*offset, data.clone());
            }
            Operation::Length { inode, length } => self.file(*inode).set_length(*length),
            Operation::Allocate { inode, length } => self.file(*inode).allocate(*length),
            Operation::Sync { inode } => match &mut self.things[self.inodes[inode]] {
                Thing::File(content) => content.sync(),
                Thing::Folder(names) => names.sync(),
            },
            Operation::FailedSync { inode } => match &mut self.things[self.inodes[inode]] {
                Thing::File(content) => content.fail_to_sync(),
                // Names are kept by the file system, which tries again.
                Thing::Folder(_) => {}
            },
            Operation::Rename { from, to } => self.rename(from, to),
            Operation::Link { from, to } => {
                let node = self.find(from);
                self.name(to, node);
            }
            Operation::Unlink { path } => {
                let taken = Some(name_of(path));
                self.parent(path).change(Change { taken, given: None });
            }
            Operation::Mark(_) => {}
        }
    }

    fn rename(&mut self, from: &Path, to: &Path) {
        let node = self.find(from);
        let (taken, given) = (Some(name_of(from)), Some((name_of(to), node)));
        if from.parent() == to.parent() {
            self.parent(from).change(Change { taken, given });
        } else {
            self.parent(to).change(Change { taken: None, given });
            self.parent(from).change(Change { taken, given: None });
        }
    }

    fn name(&mut self, path: &Path, node: Node) {
        let given = Some((name_of(path), node));
        self.parent(path).change(Change { taken: None, given });
    }

    fn file(&mut self, inode: u64) -> &mut Content {
        match &mut self.things[self.inodes[&inode]] {
            Thing::File(content) => content,
            Thing::Folder(_) => panic!("a folder was written to"),
        }
    }

    fn parent(&mut self, path: &Path) -> &mut Names {
        let node = self.find(path.parent().unwrap());
        match &mut self.things[node] {
            Thing::Folder(names) => names,
            Thing::File(_) => panic!("{} stands below a file", path.display()),
        }
    }

    fn find(&self, path: &Path) -> Node {
        let below = path.strip_prefix(&self.root).unwrap();
        below.iter().fold(ROOT, |node, name| match &self.things[node] {
            Thing::Folder(names) => names.current()[name.to_str().unwrap()],
            Thing::File(_) => panic!("{} stands below a file", path.display()),
        })
    }

    /// Whether these bytes stand in a file, whether or not a name still leads to it.
    pub(crate) fn holds(&self, bytes: &[u8]) -> bool {
        let contents = self.things.iter().filter_map(|thing| match thing {
            Thing::File(content) => Some([content.current(), content.lost()]),
            Thing::Folder(_) => None,
        });
        contents.flatten().any(|content| content.windows(bytes.len()).any(|part| part == bytes))
    }

    /// The bytes of every file after a power cut, by path below the root.
    pub(crate) fn cut(&self, cut: Cut, chance: &mut Chance) -> Image {
        let mut image = Image::default();
        let mut contents = HashMap::new();
        self.cut_folder(ROOT, Path::new(""), cut, chance, &mut image, &mut contents);
        image
    }

    fn cut_folder(
        &self,
        folder: Node,
        at: &Path,
        cut: Cut,
        chance: &mut Chance,
        image: &mut Image,
        contents: &mut HashMap<Node, Vec<u8>>,
    ) {
        image.0.insert(at.to_owned(), None);
        let Thing::Folder(names) = &self.things[folder] else { panic!("not a folder") };
        let names = match cut {
            Cut::Kept => names.current(),
            Cut::Lost => names.lost(),
            Cut::Torn => names.torn(chance),
            Cut::Ordered => names.ordered(chance),
        };
        for (name, node) in names {
            let path = at.join(name);
            let Thing::File(content) = &self.things[node] else {
                self.cut_folder(node, &path, cut, chance, image, contents);
                continue;
            };
            // Two names of one file show the same bytes.
            let bytes = contents.entry(node).or_insert_with(|| match cut {
                Cut::Kept => content.current(),
                Cut::Lost => content.lost(),
                Cut::Torn | Cut::Ordered => content.torn(chance),
            });
            image.0.insert(path, Some(bytes.clone()));
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// Files with their bytes and folders with none, by path below the root.
#[derive(Debug, Clone, Default)]
pub(crate) struct Image(pub(crate) BTreeMap<PathBuf, Option<Vec<u8>>>);

impl Image {
    /// Takes away what stands at a path and below it.
    pub(crate) fn without(mut self, path: &Path) -> Self {
        self.0.retain(|found, _| !found.starts_with(path));
        self
    }

    /// Puts what another image has at a path and below it in the place of what stands here. Where
    /// the folder around it is missing, nothing changes.
    pub(crate) fn with(mut self, path: &Path, other: &Self) -> Self {
        if path.parent().is_some_and(|parent| self.0.contains_key(parent)) {
            self.0.retain(|found, _| !found.starts_with(path));
            let taken = other.0.iter().filter(|(found, _)| found.starts_with(path));
            self.0.extend(taken.map(|(path, bytes)| (path.clone(), bytes.clone())));
        }
        self
    }

    /// Writes it into a folder that does not exist.
    pub(crate) fn write(&self, into: &Path) {
        for (path, bytes) in &self.0 {
            match bytes {
                None => fs::create_dir(into.join(path)).unwrap(),
                Some(bytes) => fs::write(into.join(path), bytes).unwrap(),
            }
        }
    }
}
