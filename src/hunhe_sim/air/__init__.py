"""Air stations of the world outside (模拟): series out of files, series made up, and stations that report on."""
