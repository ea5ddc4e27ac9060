/* Preloaded: the k-th call that writes, syncs or renames fails, or is the last thing that the process does.

   cc -shared -fPIC -o shim.so shim.c -ldl
   fault_at(k, error) is called by the process itself; error 0 is SIGKILL. fault_calls() tells how many calls there were since. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

static long at = -1, calls = 0;
static int error = 0;

void fault_at(long k, int of) { at = k; error = of; calls = 0; }
long fault_calls(void) { return calls; }

static int fails(void) {
    if (at < 0 || __sync_add_and_fetch(&calls, 1) != at) return 0;
    if (error == 0) kill(getpid(), SIGKILL);
    errno = error;
    return 1;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

/* What is said on stdout and stderr is no file of ours. */
ssize_t write(int fd, const void *from, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return fd > 2 && fails() ? -1 : real(fd, from, size);
}
ssize_t pwrite(int fd, const void *from, size_t size, off_t place) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return fails() ? -1 : real(fd, from, size, place);
}
ssize_t pwrite64(int fd, const void *from, size_t size, off64_t place) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return fails() ? -1 : real(fd, from, size, place);
}
int fsync(int fd) { REAL(int, "fsync", int); return fails() ? -1 : real(fd); }
int fdatasync(int fd) { REAL(int, "fdatasync", int); return fails() ? -1 : real(fd); }
int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    return fails() ? -1 : real(from, to);
}
int renameat(int one, const char *from, int other, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    return fails() ? -1 : real(one, from, other, to);
}
int ftruncate(int fd, off_t size) { REAL(int, "ftruncate", int, off_t); return fails() ? -1 : real(fd, size); }
int ftruncate64(int fd, off64_t size) { REAL(int, "ftruncate64", int, off64_t); return fails() ? -1 : real(fd, size); }
int unlink(const char *path) { REAL(int, "unlink", const char *); return fails() ? -1 : real(path); }
