;; What four descriptors have of every row of a matrix. `node scripts/assemble.mjs` makes data/evidence.wasm of it.
(module
  (memory (export "memory") 16)

  ;; values: address of four rows of 32-bit floats, one after the other; mean, scale: of one row each; matrix: address of rows of
  ;; the same length, one after the other; length: bytes of a row, a multiple of 16; sums: address of the answers, four for each row
  ;; of the matrix, end: address behind the last. The values are overwritten with (root of value - mean) * scale.
  (func (export "evidence") (param $values i32) (param $mean i32) (param $scale i32) (param $matrix i32) (param $length i32)
    (param $sums i32) (param $end i32)
    (local $at i32) (local $row_end i32) (local $row i32) (local $second i32) (local $third i32) (local $fourth i32)
    (local $place v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $at (local.get $values))
    (local.set $row_end (i32.add (local.get $values) (local.get $length)))
    (loop $next_values
      (local.set $row (i32.const 4))
      (local.set $second (local.get $at))
      (loop $next_descriptor
        (v128.store (local.get $second) (f32x4.mul (v128.load (local.get $scale)) (f32x4.sub
          (f32x4.sqrt (f32x4.max (v128.load (local.get $second)) (v128.const f32x4 0 0 0 0))) (v128.load (local.get $mean)))))
        (local.set $second (i32.add (local.get $second) (local.get $length)))
        (local.set $row (i32.sub (local.get $row) (i32.const 1)))
        (br_if $next_descriptor (local.get $row)))
      (local.set $mean (i32.add (local.get $mean) (i32.const 16)))
      (local.set $scale (i32.add (local.get $scale) (i32.const 16)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next_values (i32.lt_u (local.get $at) (local.get $row_end))))

    ;; A row of the matrix comes from far away: it is fetched once for four descriptors.
    (loop $next_row
      (local.set $at (local.get $values))
      (local.set $second (i32.add (local.get $at) (local.get $length)))
      (local.set $third (i32.add (local.get $second) (local.get $length)))
      (local.set $fourth (i32.add (local.get $third) (local.get $length)))
      (local.set $a (v128.const f32x4 0 0 0 0))
      (local.set $b (local.get $a))
      (local.set $c (local.get $a))
      (local.set $d (local.get $a))
      (loop $next_products
        (local.set $place (v128.load (local.get $matrix)))
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $place) (v128.load (local.get $at)))))
        (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $place) (v128.load (local.get $second)))))
        (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $place) (v128.load (local.get $third)))))
        (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $place) (v128.load (local.get $fourth)))))
        (local.set $matrix (i32.add (local.get $matrix) (i32.const 16)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $second (i32.add (local.get $second) (i32.const 16)))
        (local.set $third (i32.add (local.get $third) (i32.const 16)))
        (local.set $fourth (i32.add (local.get $fourth) (i32.const 16)))
        (br_if $next_products (i32.lt_u (local.get $at) (local.get $row_end))))
      (f32.store (local.get $sums) (call $sum (local.get $a)))
      (f32.store offset=4 (local.get $sums) (call $sum (local.get $b)))
      (f32.store offset=8 (local.get $sums) (call $sum (local.get $c)))
      (f32.store offset=12 (local.get $sums) (call $sum (local.get $d)))
      (local.set $sums (i32.add (local.get $sums) (i32.const 16)))
      (br_if $next_row (i32.lt_u (local.get $sums) (local.get $end)))))

  (func $sum (param $of v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $of)) (f32x4.extract_lane 1 (local.get $of)))
      (f32.add (f32x4.extract_lane 2 (local.get $of)) (f32x4.extract_lane 3 (local.get $of))))))
