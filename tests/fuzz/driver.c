/* driver.c - runs a fuzz target over the files named on the command line, for builds
 * without libFuzzer: the committed corpora are plain tests, too. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run(const char *path)
{
	FILE *file = fopen(path, "rb");
	long size = -1;

	if (file && fseek(file, 0, SEEK_END) == 0)
		size = ftell(file);
	/* Exactly as large as the file: a read past its end is seen by the sanitizers. */
	uint8_t *data = size >= 0 ? malloc(size ? (size_t)size : 1) : NULL;
	if (!data || fseek(file, 0, SEEK_SET) != 0 ||
	    fread(data, 1, (size_t)size, file) != (size_t)size) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	fclose(file);
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
	return 0;
}

int main(int count, char **paths)
{
	int failed = 0;

	for (int i = 1; i < count; i++)
		failed |= run(paths[i]);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
