"""The output folder: releases, their manifests, and the lock of a build."""
