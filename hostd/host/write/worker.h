/* worker.h - what parses the bytes of strangers, in a process without privileges.
 *
 * The program starts itself again as `PROGRAM worker NAME` (exec.c).  The worker gives up its
 * privileges before it looks at anything: user nobody, no groups, no new privileges, bounded
 * memory and CPU time, and it can write to nothing but the pipes it was born with.
 */
#pragma once

/* The stream on standard output starts with the size that the other side announced, as a native
 * uint64_t, 0 where it did not. */
enum { WORKER_HEADER_SIZE = 8 };

/* host_module's worker: argv[1] is "worker", argv[2] its name.  Its exit status; what went wrong
 * stands in the last line on standard error.
 *
 * fetch	reads an http or https address from standard input and writes what it holds
 */
int worker_main(int argc, char **argv);
