/* Counts what a command and all that it starts do to files below one folder, and strikes at the Nth time.
 *
 * Loaded with LD_PRELOAD by tests/kit/calls.py. A call counts that renames, links, writes or syncs a regular file below
 * CALLS_UNDER. At number CALLS_AT, before the call is made: `kill` ends every process of the run, `main` the one that was
 * started first, `one` the caller; `fail` lets the call fail with CALLS_ERRNO, `full` that one and all writing after it.
 * strace can do the same, but counts for each thread alone: no number would name a moment of the whole run.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PROCESSES 8192

struct shared {
    atomic_long count;
    atomic_int processes;
    atomic_int pids[PROCESSES];
};

static struct shared *shared;
static const char *under, *mode, *list;
static long at;
static int number, known;
static char command[800];

static void join(void) {
    int pid = (int)syscall(SYS_getpid);
    if (shared && pid != known) { /* a fork without exec joins at its first call */
        known = pid;
        int place = atomic_fetch_add(&shared->processes, 1);
        if (place < PROCESSES) atomic_store(&shared->pids[place], pid);
    }
}

__attribute__((constructor)) static void begin(void) {
    const char *place = getenv("CALLS_SHARED");
    if (!place || !(under = getenv("CALLS_UNDER"))) return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, place, O_RDWR | O_CLOEXEC, 0);
    if (file < 0) return;
    void *map = mmap(0, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (map == MAP_FAILED) return;
    mode = getenv("CALLS_MODE");
    list = getenv("CALLS_LIST");
    at = getenv("CALLS_AT") ? atol(getenv("CALLS_AT")) : 0;
    number = getenv("CALLS_ERRNO") ? atoi(getenv("CALLS_ERRNO")) : 0;
    int words = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC, 0);
    long size = syscall(SYS_read, words, command, sizeof command - 1);
    syscall(SYS_close, words);
    for (long i = 0; i + 1 < size; i++)
        if (command[i] == 0 || command[i] == '\n' || command[i] == '\t') command[i] = ' ';
    shared = map;
    join();
}

static void strike(void) {
    int count = atomic_load(&shared->processes), own = (int)syscall(SYS_getpid);
    if (!strcmp(mode, "main")) kill(atomic_load(&shared->pids[0]), SIGKILL);
    if (!strcmp(mode, "kill"))
        for (int i = 0; i < count && i < PROCESSES; i++)
            if (atomic_load(&shared->pids[i]) != own) kill(atomic_load(&shared->pids[i]), SIGKILL);
    if (!strcmp(mode, "kill") || !strcmp(mode, "one")) kill(own, SIGKILL);
}

/* Whether this call is to fail. */
static int counted(const char *call, const char *path) {
    if (!shared || strncmp(path, under, strlen(under))) return 0;
    join();
    long now = atomic_fetch_add(&shared->count, 1) + 1;
    if (list && (!at || now == at)) {
        char line[PATH_MAX + 1000];
        int size = snprintf(line, sizeof line, "%ld\t%s\t%s\t%s\n", now, call, path, command);
        int file = (int)syscall(SYS_openat, AT_FDCWD, list, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        syscall(SYS_write, file, line, size);
        syscall(SYS_close, file);
    }
    if (!at || !mode) return 0;
    if (now == at) strike();
    int writing = strcmp(call, "rename") && strcmp(call, "link");
    if ((!strcmp(mode, "fail") && now == at) || (!strcmp(mode, "full") && now >= at && (writing || now == at))) {
        errno = number;
        return 1;
    }
    return 0;
}

static int file_counted(const char *call, int file) {
    struct stat found;
    char link[40], path[PATH_MAX];
    int before = errno, failed = 0;
    if (!shared || fstat(file, &found) || !S_ISREG(found.st_mode)) { errno = before; return 0; }
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    long size = syscall(SYS_readlink, link, path, sizeof path - 1);
    errno = before;
    if (size > 0) {
        path[size] = 0;
        failed = counted(call, path);
    }
    return failed;
}

static int path_counted(const char *call, int folder, const char *path) {
    char full[2 * PATH_MAX], place[PATH_MAX], link[40];
    int before = errno;
    if (!shared) return 0;
    if (path[0] == '/') return counted(call, path);
    if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    long size = syscall(SYS_readlink, link, place, sizeof place - 1);
    errno = before;
    if (size <= 0) return 0;
    place[size] = 0;
    snprintf(full, sizeof full, "%s/%s", place, path);
    return counted(call, full);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *data, size_t size) {
    return file_counted("write", file) ? -1 : syscall(SYS_write, file, data, size);
}
ssize_t pwrite(int file, const void *data, size_t size, off_t place) {
    return file_counted("write", file) ? -1 : syscall(SYS_pwrite64, file, data, size, place);
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t place) {
    return file_counted("write", file) ? -1 : syscall(SYS_pwrite64, file, data, size, place);
}
ssize_t writev(int file, const struct iovec *parts, int count) {
    return file_counted("write", file) ? -1 : REAL(writev)(file, parts, count);
}
ssize_t sendfile(int to, int from, off_t *place, size_t size) {
    return file_counted("write", to) ? -1 : syscall(SYS_sendfile, to, from, place, size);
}
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t size, unsigned flags) {
    return file_counted("write", to) ? -1 : syscall(SYS_copy_file_range, from, a, to, b, size, flags);
}
int fsync(int file) { return file_counted("fsync", file) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return file_counted("fsync", file) ? -1 : REAL(fdatasync)(file); }
int rename(const char *from, const char *to) {
    return path_counted("rename", AT_FDCWD, to) ? -1 : REAL(rename)(from, to);
}
int renameat(int a, const char *from, int b, const char *to) {
    return path_counted("rename", b, to) ? -1 : REAL(renameat)(a, from, b, to);
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    return path_counted("rename", b, to) ? -1 : REAL(renameat2)(a, from, b, to, flags);
}
int link(const char *from, const char *to) {
    return path_counted("link", AT_FDCWD, to) ? -1 : REAL(link)(from, to);
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
    return path_counted("link", b, to) ? -1 : REAL(linkat)(a, from, b, to, flags);
}
