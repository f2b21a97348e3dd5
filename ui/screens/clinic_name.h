/* A clinic's name where the whole of it does not fit: without the corporation that runs it, which
 * patients do not know it by. Never shortened by a sign, never smaller than can be read.
 */
#ifndef MACHIAI_SCREENS_CLINIC_NAME_H
#define MACHIAI_SCREENS_CLINIC_NAME_H

/* 医療法人社団 さくら会 さくら台クリニック -> さくら台クリニック: the end of `name` itself. A name
 * without a corporation, or that is nothing else, comes back whole. */
const char *clinic_name_short(const char *name);

#endif
