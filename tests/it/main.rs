mod conformance;
mod ground_damage;
mod ground_directory;
mod ground_disk_full;
mod ground_support;
