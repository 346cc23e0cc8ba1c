/* Stands between a process and its disk: loaded before libc, it writes down what is done to the
 * files below one folder, in the order in which it is done, or lets it fail.
 *
 * From the environment:
 *   ROLLBOOK_DISK_FOLDER   only what happens at or below this absolute path counts
 *   ROLLBOOK_DISK_RECORD   where the record is appended to; none: nothing is written down
 *   ROLLBOOK_DISK_MARKS    what is written to this path is a mark in the record and nothing else
 *   ROLLBOOK_DISK_FAILS    "<n> <errno> <all> <on>": the n-th operation fails, counted from 1; if
 *                          all is 0 only those that take room count; if on is 1 every later one
 *                          fails too; if errno is 0 the process is killed before it instead
 *   ROLLBOOK_DISK_SKIPS    "files": syncs of files do nothing; "folders": syncs of folders; for
 *                          breaking what the record is to guard
 *   ROLLBOOK_DISK_COUNT    where the number of operations that counted is written, as text
 *
 * One lock is held over each operation and its line in the record, so the record's order is that
 * of the disk. Operations are done by system calls: the names of libc are taken here. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
    CREATE = 1, WRITE, LENGTH, ALLOCATE, SYNC, RENAME, UNLINK, MKDIR, LINK, RMDIR, MARK, UNSYNC
};

/* Every line of the record begins so; path, other path and data follow. */
struct line {
    uint32_t kind, path, other, unused;
    uint64_t inode, offset, length;
};

enum { PATH_ROOM = 4096 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder, *marks, *counts;
static int record = -1, skips_files, skips_folders;
static long fails_at, fails_with, fails_all, fails_on, done;

__attribute__((constructor)) static void begin(void) {
    folder = getenv("ROLLBOOK_DISK_FOLDER");
    marks = getenv("ROLLBOOK_DISK_MARKS");
    counts = getenv("ROLLBOOK_DISK_COUNT");
    const char *path = getenv("ROLLBOOK_DISK_RECORD");
    if (path)
        record = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const char *fails = getenv("ROLLBOOK_DISK_FAILS");
    if (fails)
        sscanf(fails, "%ld %ld %ld %ld", &fails_at, &fails_with, &fails_all, &fails_on);
    const char *skips = getenv("ROLLBOOK_DISK_SKIPS");
    skips_files = skips && strstr(skips, "files");
    skips_folders = skips && strstr(skips, "folders");
}

__attribute__((destructor)) static void end(void) {
    char text[32];
    if (!counts)
        return;
    int file = syscall(SYS_openat, AT_FDCWD, counts, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int length = snprintf(text, sizeof text, "%ld", done);
    if (syscall(SYS_write, file, text, length) != length)
        abort();
}

static int is_ours(const char *path) {
    size_t length = folder ? strlen(folder) : 0;
    return length && strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length]);
}

static int path_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_ROOM - 1);
    path[length < 0 ? 0 : length] = 0;
    return length > 0;
}

/* The absolute path of a name below an open folder. */
static void join(int at, const char *name, char *path) {
    if (name[0] == '/' || at == AT_FDCWD || !path_of(at, path)) {
        snprintf(path, PATH_ROOM, "%s", name);
        return;
    }
    size_t length = strlen(path);
    snprintf(path + length, PATH_ROOM - length, "/%s", name);
}

static int open_is_ours(int file) {
    char path[PATH_ROOM];
    return folder && path_of(file, path) && is_ours(path);
}

static uint64_t inode_of(int file) {
    struct stat found;
    return fstat(file, &found) == 0 ? found.st_ino : 0;
}

static uint64_t inode_at(const char *path) {
    struct stat found;
    return lstat(path, &found) == 0 ? found.st_ino : 0;
}

static void put(const void *bytes, size_t length) {
    const char *next = bytes;
    while (length > 0) {
        ssize_t written = syscall(SYS_write, record, next, length);
        if (written <= 0)
            abort(); /* A record with a hole would prove nothing. */
        next += written;
        length -= written;
    }
}

static void note(enum kind kind, const char *path, const char *other, uint64_t inode,
                 uint64_t offset, const void *data, uint64_t length) {
    if (record < 0)
        return;
    int error = errno;
    struct line line = {kind, path ? strlen(path) : 0, other ? strlen(other) : 0, data != NULL,
                        inode, offset, length};
    put(&line, sizeof line);
    put(path, line.path);
    put(other, line.other);
    if (data)
        put(data, length);
    errno = error;
}

/* Counts an operation, and tells whether it is to fail. */
static int fails(int takes_room) {
    if (!takes_room && !fails_all)
        return 0;
    done++;
    if (!fails_at || done < fails_at || (done > fails_at && !fails_on))
        return 0;
    if (!fails_with)
        syscall(SYS_kill, getpid(), SIGKILL);
    errno = fails_with;
    return 1;
}

static void enter(void) { pthread_mutex_lock(&lock); }

static void leave(void) {
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
}

static int open_at(int at, const char *name, int flags, mode_t mode) {
    char path[PATH_ROOM];
    join(at, name, path);
    int changes = flags & (O_CREAT | O_TRUNC);
    if (!changes || (flags & O_TMPFILE) == O_TMPFILE || !is_ours(path))
        return syscall(SYS_openat, at, name, flags, mode);
    enter();
    uint64_t before = inode_at(path);
    int file = -1;
    if ((before && !(flags & O_TRUNC)) || !fails(1))
        file = syscall(SYS_openat, at, name, flags, mode);
    if (file >= 0 && !before)
        note(CREATE, path, NULL, inode_of(file), 0, NULL, 0);
    else if (file >= 0 && (flags & O_TRUNC))
        note(LENGTH, NULL, NULL, before, 0, NULL, 0);
    leave();
    return file;
}

static mode_t mode_of(int flags, va_list rest) {
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, unsigned) : 0;
}

#define OPENS(NAME, ...) \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = mode_of(flags, rest); \
    va_end(rest); \
    return open_at(__VA_ARGS__, flags, mode)

int open(const char *name, int flags, ...) { OPENS(open, AT_FDCWD, name); }
int open64(const char *name, int flags, ...) { OPENS(open64, AT_FDCWD, name); }
int openat(int at, const char *name, int flags, ...) { OPENS(openat, at, name); }
int openat64(int at, const char *name, int flags, ...) { OPENS(openat64, at, name); }

static ssize_t write_at(int file, const void *data, size_t length, off_t offset, int placed) {
    char path[PATH_ROOM];
    int mine = folder && path_of(file, path);
    if (mine && marks && strcmp(path, marks) == 0) {
        enter();
        note(MARK, NULL, NULL, 0, 0, data, length);
        leave();
        return length;
    }
    if (!mine || !is_ours(path))
        return placed ? syscall(SYS_pwrite64, file, data, length, offset)
                      : syscall(SYS_write, file, data, length);
    enter();
    int failed = fails(1);
    /* A disk that becomes full takes the beginning of a write. */
    size_t taken = !failed ? length : done == fails_at ? length / 2 / 512 * 512 : 0;
    if (failed && taken == 0) {
        leave();
        return -1;
    }
    ssize_t written = placed ? syscall(SYS_pwrite64, file, data, taken, offset)
                             : syscall(SYS_write, file, data, taken);
    if (written > 0) {
        if (!placed)
            offset = lseek(file, 0, SEEK_CUR) - written;
        note(WRITE, NULL, NULL, inode_of(file), offset, data, written);
    }
    /* Where later ones fail as well, the next of them says so. */
    if (failed && !fails_on) {
        errno = fails_with;
        written = -1;
    }
    leave();
    return written;
}

ssize_t write(int file, const void *data, size_t length) {
    return write_at(file, data, length, 0, 0);
}
ssize_t pwrite(int file, const void *data, size_t length, off_t offset) {
    return write_at(file, data, length, offset, 1);
}
ssize_t pwrite64(int file, const void *data, size_t length, off64_t offset) {
    return write_at(file, data, length, offset, 1);
}

/* Callers go on behind a short write. */
ssize_t writev(int file, const struct iovec *parts, int count) {
    if (!open_is_ours(file))
        return syscall(SYS_writev, file, parts, count);
    for (int part = 0; part < count; part++)
        if (parts[part].iov_len > 0)
            return write_at(file, parts[part].iov_base, parts[part].iov_len, 0, 0);
    return 0;
}

static int set_length(int file, off_t length) {
    if (!open_is_ours(file))
        return syscall(SYS_ftruncate, file, length);
    enter();
    int answer = fails(1) ? -1 : syscall(SYS_ftruncate, file, length);
    if (answer == 0)
        note(LENGTH, NULL, NULL, inode_of(file), length, NULL, 0);
    leave();
    return answer;
}

int ftruncate(int file, off_t length) { return set_length(file, length); }
int ftruncate64(int file, off64_t length) { return set_length(file, length); }

static int allocate(int file, int mode, off_t offset, off_t length) {
    if (!open_is_ours(file))
        return syscall(SYS_fallocate, file, mode, offset, length);
    enter();
    int answer = fails(1) ? -1 : syscall(SYS_fallocate, file, mode, offset, length);
    if (answer == 0)
        note(ALLOCATE, NULL, NULL, inode_of(file), offset + length, NULL, 0);
    leave();
    return answer;
}

int fallocate(int file, int mode, off_t offset, off_t length) {
    return allocate(file, mode, offset, length);
}
int fallocate64(int file, int mode, off64_t offset, off64_t length) {
    return allocate(file, mode, offset, length);
}

static int synchronize(long call, int file) {
    if (!open_is_ours(file))
        return syscall(call, file);
    enter();
    struct stat found;
    fstat(file, &found);
    int skipped = S_ISDIR(found.st_mode) ? skips_folders : skips_files;
    /* What is recorded is what the disk would hold, so the disk itself need not be waited for. */
    int answer = fails(0) ? -1 : record >= 0 || skipped ? 0 : syscall(call, file);
    if (!skipped)
        note(answer == 0 ? SYNC : UNSYNC, NULL, NULL, found.st_ino, 0, NULL, 0);
    leave();
    return answer;
}

int fsync(int file) { return synchronize(SYS_fsync, file); }
int fdatasync(int file) { return synchronize(SYS_fdatasync, file); }

static int rename_at(int from_at, const char *from, int to_at, const char *to) {
    char path[PATH_ROOM], other[PATH_ROOM];
    join(from_at, from, path);
    join(to_at, to, other);
    if (!is_ours(path))
        return syscall(SYS_renameat, from_at, from, to_at, to);
    enter();
    int answer = fails(1) ? -1 : syscall(SYS_renameat, from_at, from, to_at, to);
    if (answer == 0)
        note(RENAME, path, other, 0, 0, NULL, 0);
    leave();
    return answer;
}

int rename(const char *from, const char *to) { return rename_at(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int from_at, const char *from, int to_at, const char *to) {
    return rename_at(from_at, from, to_at, to);
}

static int remove_at(int at, const char *name, int flags) {
    char path[PATH_ROOM];
    join(at, name, path);
    if (!is_ours(path))
        return syscall(SYS_unlinkat, at, name, flags);
    enter();
    int answer = fails(0) ? -1 : syscall(SYS_unlinkat, at, name, flags);
    if (answer == 0)
        note(flags & AT_REMOVEDIR ? RMDIR : UNLINK, path, NULL, 0, 0, NULL, 0);
    leave();
    return answer;
}

int unlink(const char *name) { return remove_at(AT_FDCWD, name, 0); }
int unlinkat(int at, const char *name, int flags) { return remove_at(at, name, flags); }
int rmdir(const char *name) { return remove_at(AT_FDCWD, name, AT_REMOVEDIR); }

static int make_folder(int at, const char *name, mode_t mode) {
    char path[PATH_ROOM];
    join(at, name, path);
    if (!is_ours(path))
        return syscall(SYS_mkdirat, at, name, mode);
    enter();
    int answer = fails(1) ? -1 : syscall(SYS_mkdirat, at, name, mode);
    if (answer == 0)
        note(MKDIR, path, NULL, inode_at(path), 0, NULL, 0);
    leave();
    return answer;
}

int mkdir(const char *name, mode_t mode) { return make_folder(AT_FDCWD, name, mode); }
int mkdirat(int at, const char *name, mode_t mode) { return make_folder(at, name, mode); }

static int link_at(int from_at, const char *from, int to_at, const char *to, int flags) {
    char path[PATH_ROOM], other[PATH_ROOM];
    join(from_at, from, path);
    join(to_at, to, other);
    if (!is_ours(path))
        return syscall(SYS_linkat, from_at, from, to_at, to, flags);
    enter();
    int answer = fails(1) ? -1 : syscall(SYS_linkat, from_at, from, to_at, to, flags);
    if (answer == 0)
        note(LINK, path, other, 0, 0, NULL, 0);
    leave();
    return answer;
}

int link(const char *from, const char *to) { return link_at(AT_FDCWD, from, AT_FDCWD, to, 0); }
int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
    return link_at(from_at, from, to_at, to, flags);
}

/* Ways around write: whoever is refused them reads and writes instead. */
ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t length,
                        unsigned flags) {
    errno = ENOSYS;
    return -1;
}
ssize_t sendfile(int out, int in, off_t *offset, size_t length) {
    errno = EINVAL;
    return -1;
}
ssize_t sendfile64(int out, int in, off64_t *offset, size_t length) {
    errno = EINVAL;
    return -1;
}
ssize_t splice(int in, off64_t *in_at, int out, off64_t *out_at, size_t length, unsigned flags) {
    errno = EINVAL;
    return -1;
}
