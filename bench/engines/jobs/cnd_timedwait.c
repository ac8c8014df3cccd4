/* libfaketime 0.9.10 takes its offset off the deadlines of pthread_cond_timedwait, but does not know
   C11's cnd_timedwait, by which librdkafka waits: there a deadline would be FAKETIME seconds away.
   bench/chaos.py compiles this and loads it beside libfaketime. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *until) {
  typedef int (*waiter)(cnd_t *, mtx_t *, const struct timespec *);
  static waiter real;
  if (!real) real = (waiter)dlsym(RTLD_NEXT, "cnd_timedwait");
  const char *offset = getenv("FAKETIME");
  struct timespec in_truth = *until;
  in_truth.tv_sec -= offset ? atol(offset) : 0;
  return real(condition, mutex, &in_truth);
}
