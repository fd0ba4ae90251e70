<?php
// What the app does with the database before it migrates.
