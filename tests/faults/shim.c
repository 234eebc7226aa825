/* Stands between the program and the C library (LD_PRELOAD) and watches the calls that reach the
 * files of one database: it records them, fails one of them, or ends the process after one.
 *
 *   SHIM_DATABASE=/path/books.db   the files are this one, -wal and -journal; -shm is left alone,
 *                                  since it means nothing after a crash; the folder's syncs count
 *   SHIM_TRACE=FILE                writes each call to FILE, and what goes to standard output
 *   SHIM_DIE_AFTER_SYNC=N          ends the process when the Nth sync has returned
 *   SHIM_FAIL=N SHIM_ERRNO=E       lets the Nth call fail; with SHIM_FOREVER=1 all after it too
 *
 * Calls are writes, truncations, syncs and removals, counted from 1 in the order in which they
 * were made; one lock keeps that order true over threads.
 *
 * A record of the trace: kind (W T S U A), file (0 database, 1 wal, 2 journal, 3 folder, 4 none),
 * offset and length (8 bytes each, little end first), then the data of W and A.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { NONE = -1, FOLDER = 3, OUTPUT = 4, FDS = 1024 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char database[4096];
static signed char files[FDS];
static int trace = -1, forever, fail_errno = EIO;
static long calls, syncs, fail_at, die_after;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("SHIM_DATABASE"), *file = getenv("SHIM_TRACE");
    memset(files, NONE, sizeof files);
    if (path) strncpy(database, path, sizeof database - 1);
    fail_at = number("SHIM_FAIL");
    die_after = number("SHIM_DIE_AFTER_SYNC");
    forever = number("SHIM_FOREVER") != 0;
    if (number("SHIM_ERRNO")) fail_errno = (int)number("SHIM_ERRNO");
    if (file) {
        int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        trace = fcntl(fd, F_DUPFD_CLOEXEC, FDS);
        syscall(SYS_close, fd);
    }
}

/* Which of the watched files a path names. */
static int file_of(const char *path) {
    size_t len = strlen(database);
    if (len == 0) return NONE;
    if (strncmp(path, database, len) == 0) {
        if (path[len] == 0) return 0;
        if (strcmp(path + len, "-wal") == 0) return 1;
        if (strcmp(path + len, "-journal") == 0) return 2;
        return NONE;
    }
    const char *slash = strrchr(database, '/');
    size_t folder = slash ? (size_t)(slash - database) : 0;
    return folder && strlen(path) == folder && strncmp(path, database, folder) == 0 ? FOLDER : NONE;
}

static int file_of_fd(int fd) {
    return fd >= 0 && fd < FDS ? files[fd] : NONE;
}

static void put(const void *bytes, size_t len) {
    while (len > 0) {
        ssize_t done = syscall(SYS_write, trace, bytes, len);
        if (done <= 0) _exit(99);
        bytes = (const char *)bytes + done;
        len -= (size_t)done;
    }
}

static void record(char kind, int file, uint64_t offset, uint64_t len, const void *data) {
    unsigned char head[18] = {(unsigned char)kind, (unsigned char)file};
    int saved = errno;
    if (trace < 0) return;
    memcpy(head + 2, &offset, 8);
    memcpy(head + 10, &len, 8);
    put(head, sizeof head);
    if (data) put(data, len);
    errno = saved;
}

/* Counts a call; true when it is to fail. */
static int fails(void) {
    calls++;
    if (fail_at == 0 || calls < fail_at || (calls > fail_at && !forever)) return 0;
    errno = fail_errno;
    return 1;
}

static ssize_t on_write(int fd, const void *data, size_t len, off64_t offset, int file) {
    ssize_t done = -1;
    pthread_mutex_lock(&lock);
    if (fails()) {
        /* What a write that failed left behind is not known: here it is the first half. */
        syscall(SYS_pwrite64, fd, data, len / 2, offset);
        errno = fail_errno;
    } else {
        done = syscall(SYS_pwrite64, fd, data, len, offset);
        if (done > 0) record('W', file, (uint64_t)offset, (uint64_t)done, data);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset) {
    int file = file_of_fd(fd);
    if (file == NONE) return syscall(SYS_pwrite64, fd, data, len, offset);
    return on_write(fd, data, len, offset, file);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset) {
    return pwrite64(fd, data, len, offset);
}

ssize_t write(int fd, const void *data, size_t len) {
    int file = file_of_fd(fd);
    if (file != NONE) {
        off64_t at = lseek(fd, 0, SEEK_CUR);
        ssize_t done = on_write(fd, data, len, at, file);
        if (done > 0) lseek(fd, done, SEEK_CUR);
        return done;
    }
    if (fd != STDOUT_FILENO || trace < 0) return syscall(SYS_write, fd, data, len);
    pthread_mutex_lock(&lock);
    ssize_t done = syscall(SYS_write, fd, data, len);
    if (done > 0) record('A', OUTPUT, 0, (uint64_t)done, data);
    pthread_mutex_unlock(&lock);
    return done;
}

static int on_sync(int fd, long call) {
    int file = file_of_fd(fd), result = -1;
    if (file == NONE) return (int)syscall(call, fd);
    pthread_mutex_lock(&lock);
    if (!fails()) {
        result = (int)syscall(call, fd);
        if (result == 0) record('S', file, 0, 0, NULL);
        if (++syncs == die_after) _exit(88);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int fd) {
    return on_sync(fd, SYS_fsync);
}

int fdatasync(int fd) {
    return on_sync(fd, SYS_fdatasync);
}

int ftruncate64(int fd, off64_t len) {
    int file = file_of_fd(fd), result = -1;
    if (file == NONE) return (int)syscall(SYS_ftruncate, fd, len);
    pthread_mutex_lock(&lock);
    if (!fails()) {
        result = (int)syscall(SYS_ftruncate, fd, len);
        if (result == 0) record('T', file, (uint64_t)len, 0, NULL);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int fd, off_t len) {
    return ftruncate64(fd, len);
}

int unlink(const char *path) {
    int file = file_of(path), result = -1;
    if (file == NONE) return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    pthread_mutex_lock(&lock);
    if (!fails()) {
        result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
        if (result == 0) record('U', file, 0, 0, NULL);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode);
    if (fd >= 0 && fd < FDS) files[fd] = (signed char)file_of(path);
    return fd;
}

int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    return open64(path, flags, mode);
}

int close(int fd) {
    if (fd >= 0 && fd < FDS) files[fd] = NONE;
    return (int)syscall(SYS_close, fd);
}
