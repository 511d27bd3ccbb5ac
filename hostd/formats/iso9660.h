/* iso9660.h - what an ISO 9660 image says of its making, made to depend on nothing. */
#pragma once

#include <stddef.h>

/* An image as libarchive writes it, changed in place: the volume descriptors get the label as it
 * is given (at most 32 bytes; ECMA-119 would have capitals, but what looks for a seed looks for
 * "cidata") and no dates; the root folder, which libarchive dates with the time of day, gets
 * 1980-01-01; the note of the program that made it goes.  Bytes that lead nowhere are left. */
void iso9660_settle(char *image, size_t size, const char *label);
