/* image.h - what the first bytes of a disk image say. */
#pragma once

#include "host/read/host.h"

enum { IMAGE_HEAD_MAX = 64 * 1024 };

/* Reads the head of an image file of `file_size` bytes: `size` bytes of it at `head`, the whole
 * file or at least IMAGE_HEAD_MAX.  qcow2 versions 2 and 3 (docs/interop/qcow2.txt of QEMU);
 * whatever does not start with its magic is raw.  FAULT_HOST for a header that contradicts
 * itself or leads out of the head: nothing in it is to be trusted then. */
int image_read(struct arena *arena, const unsigned char *head, size_t size, uint64_t file_size,
	       struct host_image *ret, struct faults *faults) MUST_CHECK;
