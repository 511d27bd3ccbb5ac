#include <stdio.h>

int main(void)
{
	puts("gasthof " GASTHOF_VERSION);
	return 0;
}
